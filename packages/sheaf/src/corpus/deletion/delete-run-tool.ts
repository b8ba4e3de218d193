import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { type DeletionOutput, deletionOutput, displayDeletion, dryRunInput } from './deletion-output.ts';

const input: z.ZodObject<{ run: z.ZodString; dryRun: z.ZodDefault<z.ZodBoolean> }> = z.object({
  run: z.string().min(1).describe('The run: its id; it must have ended'),
  dryRun: dryRunInput,
});

export const deleteRunTool: Tool<typeof input, DeletionOutput, CorpusContext> = defineTool({
  summary: 'Delete a run with its results and events; what it made of documents stays',
  effect: 'write',
  command: 'delete run',
  positionals: ['run'],
  input,
  output: deletionOutput,
  display: displayDeletion,
  async run({ needs: { data } }: CorpusContext, { run, dryRun }) {
    return { what: `the run ${run}`, isDryRun: dryRun, ...(await data.runs.delete(run, { isDryRun: dryRun })) };
  },
});
