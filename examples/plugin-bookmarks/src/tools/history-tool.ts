import { defineTool, type Tool } from '@sheaf/core';
import { z } from 'zod';
import { type BookmarksContext, findDocument } from './context.ts';

const input: z.ZodObject<{ document: z.ZodString; limit: z.ZodDefault<z.ZodInt> }> = z.object({
  document: z.string().describe('The document: its id, or any of its URLs'),
  limit: z.int().min(1).max(1_000).default(20).describe('Notes to show, the newest first'),
});

export interface BookmarkHistory {
  readonly uri: string;
  readonly items: readonly {
    readonly runId: string;
    readonly note: string | null;
    readonly tag: string | null;
    readonly createdAt: string;
  }[];
}

const output: z.ZodType<BookmarkHistory> = z.object({
  uri: z.string(),
  items: z.array(
    z.object({
      runId: z.string(),
      note: z.string().nullable(),
      tag: z.string().nullable(),
      createdAt: z.iso.datetime(),
    }),
  ),
});

export const historyTool: Tool<typeof input, BookmarkHistory, BookmarksContext> = defineTool({
  summary: 'Show what was noted of a document',
  effect: 'read',
  command: 'bookmarks history',
  positionals: ['document'],
  input,
  output,
  display: ({ uri, items }) => ({
    kind: 'table',
    title: uri,
    columns: [{ title: 'when' }, { title: 'tag' }, { title: 'note', shrink: 1 }],
    rows: items.map(({ createdAt, tag, note }) => [createdAt, tag, note]),
  }),
  async run(context: BookmarksContext, { document, limit }) {
    const { id, uri } = await findDocument(context, document);
    const rows = await context.repositories.bookmarks.history(id, limit);
    const items = rows.map(({ runId, note, tag, createdAt }) => ({
      runId,
      note,
      tag,
      createdAt: createdAt.toISOString(),
    }));
    return { uri, items };
  },
});
