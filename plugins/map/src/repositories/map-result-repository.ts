import { cleanJson, cleanText } from '@sheaf/core';
import {
  type DataScope,
  type Page,
  type PageOptions,
  type PagePart,
  pageById,
  type Row,
  type Sql,
  sql,
} from '@sheaf/db';
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
  /** In the order of document ids. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  ofRun(runId: string, options?: PageOptions): Promise<Page<MapResultRecord>>;
  /** Newest run first. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  ofDocument(documentId: string, options?: PageOptions): Promise<Page<MapResultRecord>>;
  /** What the newest run says. */
  latest(documentId: string): Promise<MapResultRecord | undefined>;
}

/** Characters of a title that are kept. */
const MAX_TITLE_LENGTH = 1_000;

const COLUMNS = sql`document_id, run_id, method, depth, found_at, title, modified_at, is_new, created_at, meta`;

export function createMapResultRepository(scope: Pick<DataScope, 'sql' | 'workspace' | 'clock'>): MapResultRepository {
  const { sql: db, workspace, clock } = scope;
  const select = async (of: Sql, { where, orderBy, limit }: PagePart): Promise<readonly MapResultRecord[]> => {
    const rows = await db.all(sql`
      SELECT ${COLUMNS} FROM map_results
      WHERE workspace_id = ${workspace.id} AND ${of} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`);
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
    ofRun: (runId, page = {}) =>
      pageById({
        page,
        column: 'document_id',
        idOf: ({ documentId }) => documentId,
        select: (part) => select(sql`run_id = ${runId}`, part),
      }),
    ofDocument: (documentId, page = {}) =>
      pageById({
        page,
        column: 'run_id',
        isDescending: true,
        idOf: ({ runId }) => runId,
        select: (part) => select(sql`document_id = ${documentId}`, part),
      }),
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
