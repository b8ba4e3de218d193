import { defineTool, type Tool } from '@sheaf/core';
import { SOURCE_KINDS, type SourceKind } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { corpusErrors } from '../errors.ts';
import { type DeletionOutput, deletionOutput, displayDeletion, dryRunInput, yesInput } from './deletion-output.ts';
import { findSource } from './find-named.ts';

const input: z.ZodObject<{
  source: z.ZodString;
  kind: z.ZodOptional<z.ZodEnum<{ [Kind in SourceKind]: Kind }>>;
  dryRun: z.ZodDefault<z.ZodBoolean>;
  yes: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  source: z.string().min(1).describe('The source: its URL or its id'),
  kind: z.enum(SOURCE_KINDS).optional().describe('Its kind, where several sources have the same URL'),
  dryRun: dryRunInput,
  yes: yesInput,
});

export const deleteSourceTool: Tool<typeof input, DeletionOutput, CorpusContext> = defineTool({
  summary: 'Delete a source with the documents that no other source has found',
  effect: 'write',
  needsData: true,
  command: 'delete source',
  positionals: ['source'],
  input,
  output: deletionOutput,
  examples: [{ input: { source: 'https://docs.example.com/', dryRun: true }, summary: 'See what would go' }],
  display: displayDeletion,
  async run({ needs: { data } }: CorpusContext, { source, kind, dryRun, yes }) {
    const { id, uri } = await findSource(data, { name: source, kind });
    const what = `the source ${uri}`;
    if (!dryRun && !yes) throw corpusErrors.create('not-confirmed', { what });
    return { what, isDryRun: dryRun, ...(await data.sources.delete(id, { isDryRun: dryRun })) };
  },
});
