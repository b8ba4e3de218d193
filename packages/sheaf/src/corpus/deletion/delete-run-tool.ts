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
  needsData: true,
  command: 'delete run',
  positionals: ['run'],
  input,
  output: deletionOutput,
  examples: [{ input: { run: '01a1f9c4-2c1b-7000-8000-000000000000', dryRun: true }, summary: 'See what would go' }],
  display: displayDeletion,
  async run({ needs: { data } }: CorpusContext, { run, dryRun }) {
    return { what: `the run ${run}`, isDryRun: dryRun, ...(await data.runs.delete(run, { isDryRun: dryRun })) };
  },
});
