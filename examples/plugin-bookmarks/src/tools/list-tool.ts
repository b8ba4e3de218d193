import { defineTool, type Tool } from '@sheaf/core';
import type { Page } from '@sheaf/db';
import { z } from 'zod';
import type { Bookmark } from '../repositories/bookmark-repository.ts';
import type { BookmarksContext } from './context.ts';

const input: z.ZodObject<{
  tag: z.ZodOptional<z.ZodString>;
  limit: z.ZodDefault<z.ZodInt>;
  after: z.ZodOptional<z.ZodString>;
}> = z.object({
  tag: z.string().optional().describe('Only those with this word'),
  limit: z.int().min(1).max(1_000).default(50).describe('Bookmarks to show'),
  after: z.string().optional().describe('`next` of the page before'),
});

const output: z.ZodType<Page<Bookmark>> = z.object({
  items: z.array(
    z.object({ documentId: z.string(), uri: z.string(), note: z.string().nullable(), tag: z.string().nullable() }),
  ),
  next: z.string().exactOptional(),
});

export const listTool: Tool<typeof input, Page<Bookmark>, BookmarksContext> = defineTool({
  summary: 'List the marked documents',
  effect: 'read',
  command: 'bookmarks list',
  input,
  output,
  examples: [{ input: { tag: 'later' }, summary: 'What there is to read' }],
  display: ({ items, next }) => ({
    kind: 'table',
    columns: [{ title: 'tag' }, { title: 'url', shrink: 1 }, { title: 'note', shrink: 2 }],
    rows: items.map(({ tag, uri, note }) => [tag, uri, note]),
    notes: [items.length === 0 ? 'Nothing is marked.' : `${items.length} bookmark(s)`],
    next: next === undefined ? [] : [`sheaf bookmarks list --after ${next}`],
  }),
  run: ({ repositories }: BookmarksContext, { tag, limit, after }) =>
    repositories.bookmarks.list({ tag, limit, ...(after === undefined ? {} : { after }) }),
});
