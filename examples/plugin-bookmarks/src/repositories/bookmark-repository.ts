import { cleanText } from '@sheaf/core';
import { type DataScope, type Page, type PageOptions, pageById, sql } from '@sheaf/db';
import type { BookmarkClient, BookmarkRow } from '../client.ts';

export interface Bookmark {
  readonly documentId: string;
  readonly uri: string;
  readonly note: string | null;
  readonly tag: string | null;
}

export interface ListBookmarks extends PageOptions {
  readonly tag?: string | undefined;
}

export interface NewBookmark {
  readonly documentId: string;
  readonly runId: string;
  readonly note: string | null;
  readonly tag: string | null;
}

export interface BookmarkRepository {
  /** Keeps what a run notes of a document. The stage is set in the same transaction, or there is no bookmark of now. */
  add(bookmark: NewBookmark): Promise<void>;
  /** The bookmarks of now, in the order of document ids. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  list(options?: ListBookmarks): Promise<Page<Bookmark>>;
  /** What was noted of a document, newest first. */
  history(documentId: string, limit: number): Promise<readonly BookmarkRow[]>;
}

/** Characters of a note that are kept. */
const MAX_NOTE_LENGTH = 1_000;

interface ListedRow {
  readonly document_id: string;
  readonly uri: string;
  readonly note: string | null;
  readonly tag: string | null;
}

/**
 * Built anew for each workspace and each transaction: every statement names the workspace, and nothing is kept between
 * two calls.
 */
export function createBookmarkRepository(scope: DataScope<BookmarkClient>): BookmarkRepository {
  const { sql: db, client, workspace, clock } = scope;
  return {
    async add({ documentId, runId, note, tag }) {
      const text = note === null ? null : cleanText(note, MAX_NOTE_LENGTH);
      await db.execute(sql`
        INSERT INTO bookmarks (workspace_id, document_id, run_id, note, tag, created_at)
        VALUES (${workspace.id}, ${documentId}, ${runId}, ${text}, ${tag}, ${clock.now()})`);
    },
    list: ({ tag, ...page } = {}) =>
      pageById<Bookmark>({
        page,
        column: 'document_id',
        idOf: ({ documentId }) => documentId,
        async select({ where, orderBy, limit }) {
          const rows = await db.all<ListedRow>(sql`
            SELECT document_id, note, tag, (
              SELECT uri FROM documents d WHERE d.workspace_id = b.workspace_id AND d.id = b.document_id
            ) AS uri
            FROM bookmarks b
            WHERE workspace_id = ${workspace.id} AND ${tag === undefined ? sql`true` : sql`tag = ${tag}`} AND ${where}
              AND EXISTS (
                SELECT 1 FROM document_stages s
                WHERE s.workspace_id = b.workspace_id AND s.document_id = b.document_id AND s.stage = 'bookmarks'
                  AND s.run_id = b.run_id
              )
            ORDER BY ${orderBy} LIMIT ${limit}`);
          return rows.map(({ document_id: documentId, ...rest }) => ({ documentId, ...rest }));
        },
      }),
    history: async (documentId, take) =>
      client.bookmark.findMany({ where: { workspaceId: workspace.id, documentId }, orderBy: { runId: 'desc' }, take }),
  };
}
