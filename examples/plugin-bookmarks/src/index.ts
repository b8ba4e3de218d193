export type { BookmarkClient, BookmarkRow } from './client.ts';
export type { BookmarksErrorSpecs } from './errors.ts';
export { bookmarksErrors } from './errors.ts';
export type { BookmarksPlugin } from './plugin.ts';
export { bookmarksPlugin } from './plugin.ts';
export type { BookmarksRepositories } from './ref.ts';
export { bookmarksRef } from './ref.ts';
export type { Bookmark, BookmarkRepository, ListBookmarks, NewBookmark } from './repositories/bookmark-repository.ts';
