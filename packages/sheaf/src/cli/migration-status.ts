import { dbErrors, type MigrationReport } from '@sheaf/db';

export interface DatabaseStatus {
  /** For people. */
  readonly label: string;
  readonly provider: string;
  readonly report: MigrationReport;
}

/** How a database stands to its migrations: a line for each that is not as it should be, and what to do about them. */
export function describeStatus({ label, provider, report }: DatabaseStatus): string {
  const { applied, pending, failed, edited, unknown, isNewer } = report;
  const lines = [
    ...failed.map(({ name, startedAt, reason }) => {
      const first = reason?.split('\n', 1)[0] ?? 'it did not finish';
      return `failed   ${name}  ${startedAt.toISOString()}: ${first}`;
    }),
    ...edited.map((name) => `edited   ${name}`),
    ...unknown.map((name) => `${isNewer ? 'newer  ' : 'unknown'}  ${name}`),
    ...pending.map((name) => `pending  ${name}`),
  ];
  if (lines.length === 0) return `${label} (${provider}) is up to date: ${applied.length} migration(s).\n`;
  const advice = [
    failed.map(({ name, reason }) => dbErrors.create('migration-unfinished', { migration: name, reason }).hint),
    edited.map((migration) => dbErrors.create('migration-edited', { migration }).hint),
    isNewer ? [dbErrors.create('database-newer', { migrations: unknown }).hint] : [],
    unknown.length > 0 && !isNewer ? [dbErrors.create('migration-unknown', { migrations: unknown }).hint] : [],
  ].flatMap(([first]) => (first === undefined ? [] : [`${first}\n`]));
  // What is wrong comes first: until then, nothing is applied.
  const next = advice.length === 0 ? 'Next:\n  sheaf db migrate\n' : advice.join('');
  return `${label} (${provider}) has ${applied.length} migration(s), but:\n${lines.map((line) => `  ${line}\n`).join('')}${next}`;
}
