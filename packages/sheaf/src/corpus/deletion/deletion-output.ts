import type { Display } from '@sheaf/core';
import type { Deletion } from '@sheaf/db';
import { z } from 'zod';

/** What every deletion gives back. */
export interface DeletionOutput extends Deletion {
  /** What was deleted, or would be. */
  readonly what: string;
  readonly isDryRun: boolean;
}

const counts = z.record(z.string(), z.int());

export const deletionOutput: z.ZodType<DeletionOutput> = z.object({
  what: z.string(),
  isDryRun: z.boolean(),
  deleted: counts,
  changed: counts,
});

export const dryRunInput: z.ZodDefault<z.ZodBoolean> = z
  .boolean()
  .default(false)
  .describe('Show what would be deleted, and delete nothing');

export const yesInput: z.ZodDefault<z.ZodBoolean> = z
  .boolean()
  .default(false)
  .describe('Confirm: without it, and without a dry run, nothing is deleted');

export function displayDeletion({ what, isDryRun, deleted, changed }: DeletionOutput): Display {
  const tables = [...new Set([...Object.keys(deleted), ...Object.keys(changed)])].sort();
  return {
    kind: 'table',
    title: isDryRun ? `Would delete ${what}` : `Deleted ${what}`,
    columns: [{ title: 'rows of' }, { title: 'deleted', align: 'right' }, { title: 'changed', align: 'right' }],
    rows: tables.map((table) => [table, deleted[table] ?? 0, changed[table] ?? 0]),
    notes: isDryRun ? ['Nothing was deleted.'] : ['Bytes that nothing else needs are removed by sheaf prune.'],
    next: isDryRun ? [] : ['sheaf prune --dry-run'],
  };
}
