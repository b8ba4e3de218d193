import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { corpusErrors } from '../errors.ts';
import { type DeletionOutput, deletionOutput, displayDeletion, dryRunInput, yesInput } from './deletion-output.ts';

const input: z.ZodObject<{
  name: z.ZodString;
  dryRun: z.ZodDefault<z.ZodBoolean>;
  yes: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  name: z.string().min(1).describe('The workspace'),
  dryRun: dryRunInput,
  yes: yesInput,
});

export const deleteWorkspaceTool: Tool<typeof input, DeletionOutput, CorpusContext> = defineTool({
  summary: 'Delete a workspace with everything in it',
  effect: 'write',
  needsData: true,
  command: 'delete workspace',
  positionals: ['name'],
  input,
  output: deletionOutput,
  examples: [{ input: { name: 'trial', dryRun: true }, summary: 'See what would go' }],
  display: displayDeletion,
  async run({ needs: { data } }: CorpusContext, { name, dryRun, yes }) {
    const what = `the workspace "${name}"`;
    if (!dryRun && !yes) throw corpusErrors.create('not-confirmed', { what });
    return { what, isDryRun: dryRun, ...(await data.workspaces.delete(name, { isDryRun: dryRun })) };
  },
});
