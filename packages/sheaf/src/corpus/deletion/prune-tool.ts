import { type Display, defineTool, type Tool } from '@sheaf/core';
import type { PruneResult } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';

const HOUR_MS = 60 * 60 * 1000;

/** Hours. */
const UNITS = { h: 1, d: 24, w: 7 * 24 } as const;

const input: z.ZodObject<{
  olderThan: z.ZodDefault<z.ZodNumber>;
  runsOlderThan: z.ZodOptional<z.ZodString>;
  keepRuns: z.ZodOptional<z.ZodInt>;
  dryRun: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  olderThan: z
    .number()
    .min(1)
    .default(24)
    .describe('Hours since something was stored last; what is younger stays, since someone may be about to need it'),
  runsOlderThan: z
    .string()
    .regex(/^\d{1,5}[hdw]$/, 'It takes a number with h, d or w for hours, days or weeks, such as 90d.')
    .optional()
    .describe('Also remove runs that ended longer ago, such as 90d, with what nothing current names of them'),
  keepRuns: z
    .int()
    .min(0)
    .optional()
    .describe('Also remove runs, but not so many of the newest of each tool; with an age, both must hold'),
  dryRun: z.boolean().default(false).describe('Show what would be removed, and remove nothing'),
});

export interface PruneOutput extends PruneResult {
  readonly isDryRun: boolean;
  /** Rows of runs that were removed, by table. */
  readonly runs: Readonly<Record<string, number>>;
}

const output: z.ZodType<PruneOutput> = z.object({
  isDryRun: z.boolean(),
  runs: z.record(z.string(), z.int()),
  artifacts: z.int(),
  contents: z.int(),
  contentBytes: z.int(),
  files: z.int(),
  temporaryFiles: z.int(),
  fileBytes: z.int(),
});

export const pruneTool: Tool<typeof input, PruneOutput, CorpusContext> = defineTool({
  summary: 'Remove stored bytes and artifacts that nothing needs any more, and old runs',
  effect: 'write',
  needsData: true,
  command: 'prune',
  input,
  output,
  examples: [
    { input: { dryRun: true }, summary: 'See what would be removed' },
    { input: { runsOlderThan: '90d', keepRuns: 10 }, summary: 'Also old runs, but for the last ten of each tool' },
  ],
  display,
  async run({ needs: { data } }: CorpusContext, { olderThan, runsOlderThan, keepRuns, dryRun }) {
    // The runs first: what they alone have named goes with them.
    const age = runsOlderThan === undefined ? undefined : hoursOf(runsOlderThan) * HOUR_MS;
    const { deleted: runs } = await data.runs.prune({ olderThanMs: age, keep: keepRuns, isDryRun: dryRun });
    const options = { graceMs: olderThan * HOUR_MS, isDryRun: dryRun };
    const pruned = await data.contents.prune(options);
    // Nobody can ask for the workspaces that were deleted.
    const left = await data.workspaces.prune(options);
    return {
      ...pruned,
      isDryRun: dryRun,
      runs,
      files: pruned.files + left.files,
      temporaryFiles: pruned.temporaryFiles + left.temporaryFiles,
      fileBytes: pruned.fileBytes + left.bytes,
    };
  },
});

function hoursOf(text: string): number {
  return Number(text.slice(0, -1)) * UNITS[text.at(-1) as keyof typeof UNITS];
}

function display(pruned: PruneOutput): Display {
  return {
    kind: 'record',
    title: pruned.isDryRun ? 'Would remove' : 'Removed',
    fields: [
      ...Object.entries(pruned.runs).map(([table, rows]): [string, number] => [`rows of ${table}`, rows]),
      ['artifacts', pruned.artifacts],
      ['contents', `${pruned.contents} (${pruned.contentBytes} bytes)`],
      ['files', pruned.files],
      ['temporary files', pruned.temporaryFiles],
      ['bytes of files', pruned.fileBytes],
    ],
  };
}
