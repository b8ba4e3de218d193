import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import { type BookmarksContext, findDocument } from './context.ts';

const input: z.ZodObject<{
  document: z.ZodString;
  note: z.ZodOptional<z.ZodString>;
  tag: z.ZodOptional<z.ZodString>;
}> = z.object({
  document: z.string().describe('The document: its id, or any of its URLs'),
  note: z.string().optional().describe('What there is to remember'),
  tag: z.string().optional().describe('A word to find it by'),
});

export interface AddedBookmark {
  readonly runId: string;
  readonly uri: string;
}

const output: z.ZodType<AddedBookmark> = z.object({ runId: z.string(), uri: z.string() });

export const addTool: Tool<typeof input, AddedBookmark, BookmarksContext> = defineTool({
  summary: 'Mark a document',
  effect: 'write',
  command: 'bookmarks add',
  positionals: ['document'],
  input,
  output,
  examples: [{ input: { document: 'https://docs.example.com/start', tag: 'later' }, summary: 'To be read later' }],
  display: ({ uri }) => ({ kind: 'text', text: `Marked ${uri}`, next: ['sheaf bookmarks list'] }),
  async run(context: BookmarksContext, { document, note = null, tag = null }) {
    const { id: documentId, uri } = await findDocument(context, document);
    // Every call is a run of its own, also when the same words are said again.
    const { id: runId } = await context.run.open({ resume: false });
    // The row is the history, the stage is the present: both, or nothing.
    await context.transaction(async ({ repositories, needs }) => {
      await repositories.bookmarks.add({ documentId, runId, note, tag });
      await needs.data.stages.set([{ documentId, stage: 'bookmarks', status: 'completed', runId }]);
    });
    return { runId, uri };
  },
});
