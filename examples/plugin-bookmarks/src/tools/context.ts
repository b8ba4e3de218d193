import type { NeedHandles, ToolContext } from '@sheaf/core';
import { type DocumentIdentity, dataRef } from '@sheaf/db';
import { bookmarksErrors } from '../errors.ts';
import type { BookmarksRepositories } from '../ref.ts';

export type BookmarksNeeds = { readonly data: typeof dataRef };

export const bookmarksNeeds: BookmarksNeeds = { data: dataRef };

/** What the tools of this plugin work with: its own repositories, and those of the data layer. */
export type BookmarksContext = ToolContext<BookmarksRepositories, NeedHandles<BookmarksNeeds>>;

/** @throws `bookmarks.unknown-document`. */
export async function findDocument({ needs }: BookmarksContext, document: string): Promise<DocumentIdentity> {
  const found = await needs.data.documents.find(document);
  if (!found) throw bookmarksErrors.create('unknown-document', { document });
  return found;
}
