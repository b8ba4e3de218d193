import { definePlugin, type Plugin } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';
import type { BookmarkClient } from './client.ts';
import type { BookmarksRepositories } from './ref.ts';
import { createBookmarkRepository } from './repositories/bookmark-repository.ts';
import { addTool } from './tools/add-tool.ts';
import { type BookmarksNeeds, bookmarksNeeds } from './tools/context.ts';
import { historyTool } from './tools/history-tool.ts';
import { listTool } from './tools/list-tool.ts';

export type BookmarksPlugin = Plugin<
  'bookmarks',
  DataScope<BookmarkClient>,
  BookmarksNeeds,
  BookmarksRepositories,
  { readonly add: typeof addTool; readonly list: typeof listTool; readonly history: typeof historyTool },
  Record<never, never>
>;

/** Lets people mark documents, with a note and a tag, and find them again. */
export function bookmarksPlugin(): BookmarksPlugin {
  return definePlugin({
    id: 'bookmarks',
    needs: bookmarksNeeds,
    schema: { models: new URL('../prisma/bookmarks.prisma', import.meta.url), tables: ['bookmarks'] },
    stages: [{ name: 'bookmarks' }],
    facets: [
      {
        stage: 'bookmarks',
        table: 'bookmarks',
        columns: {
          note: { column: 'note', type: 'text' },
          tag: { column: 'tag', type: 'text' },
          markedAt: { column: 'created_at', type: 'datetime' },
        },
      },
    ],
    repositories: (scope: DataScope<BookmarkClient>) => ({ bookmarks: createBookmarkRepository(scope) }),
    tools: { add: addTool, list: listTool, history: historyTool },
  });
}
