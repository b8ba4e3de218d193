import { defineTool, type Tool, type ToolContext } from '@sheaf/core';
import type { CheckIntegrity, DataService, Integrity, InvariantReport } from '@sheaf/db';
import { z } from 'zod';
import { displayDoctor } from './display-doctor.ts';
import { type DoctorFinding, type DoctorOutput, doctorOutput } from './doctor-output.ts';
import { doctorErrors } from './errors.ts';

export type DoctorContext = ToolContext<object, { readonly data: DataService; readonly integrity: Integrity }>;

const input: z.ZodObject<{
  fix: z.ZodDefault<z.ZodBoolean>;
  deep: z.ZodDefault<z.ZodBoolean>;
  workspace: z.ZodOptional<z.ZodString>;
  examples: z.ZodDefault<z.ZodInt>;
}> = z.object({
  fix: z.boolean().default(false).describe('Mend what can be mended without losing anything, and look again'),
  deep: z.boolean().default(false).describe('Read every byte that is kept and every index, however long it takes'),
  workspace: z.string().optional().describe('Look at this workspace alone (default: all, and what they share)'),
  examples: z.int().min(0).max(1_000).default(3).describe('Places to show of each fault'),
});

/** What was mended may bring to light what lay behind it, as data behind a schema that was not up to date. */
const MAX_PASSES = 3;

export const doctorTool: Tool<typeof input, DoctorOutput, DoctorContext> = defineTool({
  summary: 'Check that everything stored fits together',
  effect: 'write',
  scope: 'deployment',
  command: 'doctor',
  input,
  output: doctorOutput,
  examples: [
    { input: {}, summary: 'Look, and change nothing' },
    { input: { fix: true }, summary: 'Mend what can be mended safely' },
    { input: { deep: true }, summary: 'Read every byte, as after a crash of the machine' },
  ],
  display: displayDoctor,
  failure({ findings }) {
    const invariants = findings.filter(({ severity }) => severity === 'error').map(({ id }) => id);
    return invariants.length === 0 ? undefined : doctorErrors.create('unsound', { invariants });
  },
  async run({ needs, run, signal, clock }: DoctorContext, { fix, deep, workspace, examples }) {
    const begun = clock.now().getTime();
    const { integrity } = needs;
    const narrowed = workspace === undefined ? {} : { workspace };
    const options: CheckIntegrity = {
      ...narrowed,
      isDeep: deep,
      examples,
      signal,
      onProgress: (done, total, id) => run.progress({ phase: 'check', done, total, message: id }),
    };
    let reports = await integrity.check(options);
    const mended: DoctorOutput['mended'][number][] = [];
    for (let pass = 0; fix && pass < MAX_PASSES; pass += 1) {
      const before = mended.length;
      for (const { invariant, count } of reports) {
        if (count === 0 || !invariant.mend) continue;
        signal.throwIfAborted();
        const changed = await integrity.mend(invariant.id, narrowed);
        if (changed) mended.push({ id: invariant.id, changed, summary: invariant.mend.summary });
      }
      if (mended.length === before) break;
      reports = await integrity.check(options);
    }
    return {
      checked: reports.filter(({ unchecked }) => unchecked === undefined).length,
      findings: await findingsOf(reports, needs.data),
      mended,
      unchecked: reports.flatMap(({ invariant, unchecked }) =>
        unchecked === undefined ? [] : [{ id: invariant.id, reason: unchecked }],
      ),
      durationMs: Math.max(0, clock.now().getTime() - begun),
    };
  },
});

async function findingsOf(
  reports: readonly InvariantReport[],
  { workspaces }: DataService,
): Promise<readonly DoctorFinding[]> {
  const violated = reports.filter(({ count }) => count > 0);
  const isNamed = violated.some(({ examples }) => examples.some(({ workspaceId }) => workspaceId !== null));
  const slugs = new Map((isNamed ? await workspaces.list() : []).map(({ id, slug }) => [id, slug]));
  return violated.map(({ invariant, count, examples }) => ({
    id: invariant.id,
    summary: invariant.summary,
    severity: invariant.severity ?? 'error',
    count,
    examples: examples.map(({ workspaceId, subject, detail }) => ({
      workspace: workspaceId === null ? null : (slugs.get(workspaceId) ?? String(workspaceId)),
      subject,
      detail,
    })),
    advice: invariant.advice,
    fix: invariant.mend?.summary ?? null,
  }));
}
