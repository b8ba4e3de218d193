import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type BookmarksErrorSpecs = {
  readonly 'unknown-document': ErrorSpec<{ readonly document: string }>;
};

/** The error codes of this plugin: `bookmarks.unknown-document`. */
export const bookmarksErrors: ErrorCatalog<BookmarksErrorSpecs> = defineErrors<BookmarksErrorSpecs>('bookmarks', {
  'unknown-document': {
    message: ({ document }) => `There is no document "${document}" to be marked.`,
    hint: 'Find it first, with `sheaf map`; `sheaf docs` lists what there is.',
  },
});
