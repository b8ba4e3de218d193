import { cleanJson, cleanText } from '@sheaf/core';
import { type DataScope, dbErrors, type Page, type PageOptions, type Row, type Sql, sql } from '@sheaf/db';
import type { MapMethod } from '../discovery.ts';

/** What one map says of a document. */
export interface NewMapResult {
  readonly documentId: string;
  readonly method: MapMethod;
  readonly depth: number;
  readonly foundAt: string | null;
  readonly title?: string | null;
  readonly modifiedAt?: Date | null;
  /** Whether this map was the first to meet the document. */
  readonly isNew: boolean;
  readonly meta?: Readonly<Record<string, unknown>> | null;
}

export interface MapResultRecord {
  readonly documentId: string;
  readonly runId: string;
  readonly method: MapMethod;
  /** Links from the start; 0 for what a sitemap, feed or folder lists. */
  readonly depth: number;
  /** The page, sitemap or feed that named it. */
  readonly foundAt: string | null;
  readonly title: string | null;
  /** The last change as the sitemap, feed or file system states it. */
  readonly modifiedAt: Date | null;
  readonly isNew: boolean;
  readonly createdAt: Date;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

export interface MapResultCounts {
  readonly total: number;
  readonly new: number;
}

/** What maps have said of documents, one row for each document and run. */
export interface MapResultRepository {
  /**
   * Records what a run has found, set-based (some hundreds at a time). What the run has recorded of a document stays as
   * it is. Gives the ids of those that it had not recorded before.
   */
  record(runId: string, results: readonly NewMapResult[]): Promise<readonly string[]>;
  counts(runId: string): Promise<MapResultCounts>;
  /** In the order of document ids. @throws `db.invalid-cursor`. */
  ofRun(runId: string, options?: PageOptions): Promise<Page<MapResultRecord>>;
  /** Newest run first. @throws `db.invalid-cursor`. */
  ofDocument(documentId: string, options?: PageOptions): Promise<Page<MapResultRecord>>;
  /** What the newest run says. */
  latest(documentId: string): Promise<MapResultRecord | undefined>;
}

/** Characters of a title that are kept. */
const MAX_TITLE_LENGTH = 1_000;

const COLUMNS = sql`document_id, run_id, method, depth, found_at, title, modified_at, is_new, created_at, meta`;

export function createMapResultRepository(scope: Pick<DataScope, 'sql' | 'workspace' | 'clock'>): MapResultRepository {
  const { sql: db, workspace, clock } = scope;
  const page = async (where: Sql, order: Sql, { limit = 100 }: PageOptions): Promise<readonly MapResultRecord[]> => {
    const rows = await db.all(sql`
      SELECT ${COLUMNS} FROM map_results
      WHERE workspace_id = ${workspace.id} AND ${where} ORDER BY ${order} LIMIT ${limit}`);
    return rows.map(toRecord);
  };
  const repository: MapResultRepository = {
    async record(runId, results) {
      if (results.length === 0) return [];
      const rows = db.dialect.records(
        {
          document_id: 'text',
          method: 'text',
          depth: 'integer',
          found_at: 'text',
          title: 'text',
          modified_at: 'datetime',
          is_new: 'boolean',
          meta: 'json',
        },
        results.map((one) => [
          one.documentId,
          one.method,
          one.depth,
          one.foundAt === null ? null : cleanText(one.foundAt),
          one.title == null ? null : cleanText(one.title, MAX_TITLE_LENGTH),
          one.modifiedAt ?? null,
          one.isNew,
          one.meta == null ? null : cleanJson(one.meta),
        ]),
      );
      const inserted = await db.all<{ readonly document_id: string }>(sql`
        INSERT INTO map_results
          (workspace_id, document_id, run_id, status, method, depth, found_at, title, modified_at, is_new, created_at, meta)
        SELECT ${workspace.id}, r.document_id, ${runId}, 'completed', r.method, r.depth, r.found_at, r.title,
          r.modified_at, r.is_new, ${clock.now()}, r.meta
        FROM ${rows} AS r WHERE true ORDER BY r.document_id
        ON CONFLICT (workspace_id, document_id, run_id) DO NOTHING
        RETURNING document_id`);
      return inserted.map((row) => row.document_id);
    },
    async counts(runId) {
      const row = await db.one(sql`
        SELECT count(*) AS total, count(CASE WHEN is_new THEN 1 END) AS fresh FROM map_results
        WHERE workspace_id = ${workspace.id} AND run_id = ${runId}`);
      return { total: Number(row.total), new: Number(row.fresh) };
    },
    async ofRun(runId, options = {}) {
      const limit = pageLimit(options.limit);
      const after = cursorId(options.after);
      const following = after === undefined ? sql`true` : sql`document_id > ${after}`;
      const rows = await page(sql`run_id = ${runId} AND ${following}`, sql`document_id`, { limit: limit + 1 });
      return toPage(rows, limit, ({ documentId }) => documentId);
    },
    async ofDocument(documentId, options = {}) {
      const limit = pageLimit(options.limit);
      const before = cursorId(options.after);
      const following = before === undefined ? sql`true` : sql`run_id < ${before}`;
      const where = sql`document_id = ${documentId} AND ${following}`;
      const rows = await page(where, sql`run_id DESC`, { limit: limit + 1 });
      return toPage(rows, limit, ({ runId }) => runId);
    },
    async latest(documentId) {
      return (await repository.ofDocument(documentId, { limit: 1 })).items[0];
    },
  };
  return repository;
}

function toRecord(row: Row): MapResultRecord {
  return {
    documentId: row.document_id as string,
    runId: row.run_id as string,
    method: row.method as MapMethod,
    depth: Number(row.depth),
    foundAt: row.found_at as string | null,
    title: row.title as string | null,
    modifiedAt: row.modified_at as Date | null,
    isNew: Boolean(row.is_new),
    createdAt: row.created_at as Date,
    meta: row.meta as Readonly<Record<string, unknown>> | null,
  };
}

function pageLimit(limit = 100): number {
  return Math.min(Math.max(Math.trunc(limit), 1), 1_000);
}

/** The cursor is the id of the last item. */
function cursorId(after: string | undefined): string | undefined {
  if (after === undefined || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(after)) return after;
  throw dbErrors.create('invalid-cursor', { reason: 'it is not one that a page gave.' });
}

function toPage(
  rows: readonly MapResultRecord[],
  limit: number,
  cursorOf: (last: MapResultRecord) => string,
): Page<MapResultRecord> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: cursorOf(last) } : { items };
}
