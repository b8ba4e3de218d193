import { type Display, defineTool, type Tool } from '@sheaf/core';
import type { PruneResult } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';

const HOUR_MS = 60 * 60 * 1000;

const input: z.ZodObject<{ olderThan: z.ZodDefault<z.ZodNumber>; dryRun: z.ZodDefault<z.ZodBoolean> }> = z.object({
  olderThan: z
    .number()
    .min(1)
    .default(24)
    .describe('Hours since something was stored last; what is younger stays, since someone may be about to need it'),
  dryRun: z.boolean().default(false).describe('Show what would be removed, and remove nothing'),
});

export interface PruneOutput extends PruneResult {
  readonly isDryRun: boolean;
}

const output: z.ZodType<PruneOutput> = z.object({
  isDryRun: z.boolean(),
  artifacts: z.int(),
  contents: z.int(),
  contentBytes: z.int(),
  files: z.int(),
  temporaryFiles: z.int(),
  fileBytes: z.int(),
});

export const pruneTool: Tool<typeof input, PruneOutput, CorpusContext> = defineTool({
  summary: 'Remove stored bytes and artifacts that nothing needs any more',
  effect: 'write',
  command: 'prune',
  input,
  output,
  examples: [{ input: { dryRun: true }, summary: 'See what would be removed' }],
  display,
  async run({ needs: { data } }: CorpusContext, { olderThan, dryRun }) {
    const options = { graceMs: olderThan * HOUR_MS, isDryRun: dryRun };
    const pruned = await data.contents.prune(options);
    // Nobody can ask for the workspaces that were deleted.
    const left = await data.workspaces.prune(options);
    return {
      ...pruned,
      isDryRun: dryRun,
      files: pruned.files + left.files,
      temporaryFiles: pruned.temporaryFiles + left.temporaryFiles,
      fileBytes: pruned.fileBytes + left.bytes,
    };
  },
});

function display(pruned: PruneOutput): Display {
  return {
    kind: 'record',
    title: pruned.isDryRun ? 'Would remove' : 'Removed',
    fields: [
      ['artifacts', pruned.artifacts],
      ['contents', `${pruned.contents} (${pruned.contentBytes} bytes)`],
      ['files', pruned.files],
      ['temporary files', pruned.temporaryFiles],
      ['bytes of files', pruned.fileBytes],
    ],
  };
}
