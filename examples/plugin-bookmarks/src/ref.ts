import { type PluginRef, pluginRef } from '@sheaf/core';
import type { BookmarkRepository } from './repositories/bookmark-repository.ts';

export interface BookmarksRepositories {
  readonly bookmarks: BookmarkRepository;
}

/** Names this plugin as a need of another: `needs: { bookmarks: bookmarksRef }`. */
export const bookmarksRef: PluginRef<'bookmarks', BookmarksRepositories, Record<never, never>> = pluginRef('bookmarks');
