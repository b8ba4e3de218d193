import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import type { CorpusContext } from '../corpus-context.ts';
import { type DeletionOutput, deletionOutput, displayDeletion, dryRunInput } from './deletion-output.ts';
import { findDocumentId, findSource } from './find-named.ts';

const input: z.ZodObject<{
  document: z.ZodString;
  source: z.ZodOptional<z.ZodString>;
  dryRun: z.ZodDefault<z.ZodBoolean>;
}> = z.object({
  document: z.string().min(1).describe('The document: its id, or any of its URLs'),
  source: z
    .string()
    .min(1)
    .optional()
    .describe('Take it out of this source (its URL or id) only; it goes when no other source has found it'),
  dryRun: dryRunInput,
});

export const deleteDocumentTool: Tool<typeof input, DeletionOutput, CorpusContext> = defineTool({
  summary: 'Delete a document with its versions and results',
  effect: 'write',
  needsData: true,
  command: 'delete document',
  positionals: ['document'],
  input,
  output: deletionOutput,
  examples: [
    { input: { document: 'https://docs.example.com/old', dryRun: true }, summary: 'See what would go' },
    {
      input: { document: 'https://example.com/a', source: 'https://example.com/feed' },
      summary: 'Take a page out of a feed',
    },
  ],
  display: displayDeletion,
  async run({ needs: { data } }: CorpusContext, { document, source, dryRun }) {
    const id = await findDocumentId(data, document);
    const from = source === undefined ? undefined : await findSource(data, { name: source });
    const deletion = await data.documents.delete([id], {
      isDryRun: dryRun,
      ...(from ? { sourceId: from.id } : {}),
    });
    const what = from ? `the document ${document} from the source ${from.uri}` : `the document ${document}`;
    return { what, isDryRun: dryRun, ...deletion };
  },
});
