import type { Display } from '@sheaf/core';
import type { DoctorFinding, DoctorOutput } from './doctor-output.ts';

/** One paragraph for each finding: what should hold, where it does not, and what to do. */
export function displayDoctor({ checked, findings, mended, unchecked, durationMs }: DoctorOutput): Display {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const canMend = findings.some(({ fix }) => fix !== null);
  const seconds = (durationMs / 1_000).toFixed(1);
  return {
    kind: 'text',
    title:
      errors.length === 0
        ? `${checked} checks, nothing wrong (${seconds} s)`
        : `${checked} checks, ${errors.length} that fail (${seconds} s)`,
    text: [
      ...mended.map(({ id, changed, summary }) => `mended   ${id}  ${changed} row(s): ${summary}`),
      ...findings.map(paragraph),
    ].join('\n'),
    notes: [...Map.groupBy(unchecked, ({ reason }) => reason)].map(
      ([reason, ones]) => `not checked: ${ones.length > 3 ? `${ones.length} more` : idsOf(ones)} (${reason})`,
    ),
    next: canMend && mended.length === 0 ? ['sheaf doctor --fix'] : [],
  };
}

function paragraph({ id, severity, count, summary, examples, advice, fix }: DoctorFinding): string {
  return [
    `${severity.padEnd(8)} ${id}  ${count}: ${summary}`,
    ...examples.map(
      ({ workspace, subject, detail }) =>
        `           ${[workspace === null ? '' : `[${workspace}]`, subject, detail ?? ''].filter(Boolean).join(' ')}`,
    ),
    ...(count > examples.length && examples.length > 0 ? [`           and ${count - examples.length} more`] : []),
    `         ${fix === null ? advice : `--fix ${fix}. ${advice}`}`,
  ].join('\n');
}

function idsOf(ones: DoctorOutput['unchecked']): string {
  return ones.map(({ id }) => id).join(', ');
}
