import {
  type DataScope,
  identifier,
  joinSql,
  type Page,
  type PageOptions,
  type PagePart,
  pageById,
  type Row,
  type Sql,
  sql,
} from '@sheaf/db';
import type { FetchChange, FetchResult, FetchStatus } from './fetch-result.ts';
import type { LatestFetch } from './latest-fetch.ts';
import { RESULT_COLUMNS, readResult, resultValues } from './result-columns.ts';

/** Results of a run that are alike, counted. */
export interface FetchTally {
  readonly status: FetchStatus;
  readonly change: FetchChange | null;
  readonly errorCode: string | null;
  readonly count: number;
  /** Attempts beyond the first. */
  readonly retried: number;
  /** Bytes of what was read; what was found unchanged counts nothing. */
  readonly bytes: number;
}

export interface FetchResultsOfRun extends PageOptions {
  readonly statuses?: readonly FetchStatus[];
}

/** What fetches got, one row for each document and run. */
export interface FetchResultRepository {
  /** Writes results, set-based (some hundreds at a time). What the run has of a document already is replaced. */
  record(results: readonly FetchResult[]): Promise<void>;
  /**
   * What the newest fetch of each document got, where it was completed, by document id. One statement, through the
   * run of the document's stage.
   */
  latestOf(documentIds: readonly string[]): Promise<ReadonlyMap<string, LatestFetch>>;
  /** Which of the documents have a result of the run. */
  recordedIn(runId: string, documentIds: readonly string[]): Promise<ReadonlySet<string>>;
  tally(runId: string): Promise<readonly FetchTally[]>;
  /** In the order of document ids. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  ofRun(runId: string, options?: FetchResultsOfRun): Promise<Page<FetchResult>>;
  /** Newest run first. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  ofDocument(documentId: string, options?: PageOptions): Promise<Page<FetchResult>>;
}

const KEYS: ReadonlySet<string> = new Set(['document_id', 'run_id']);

export function createFetchResultRepository(scope: Pick<DataScope, 'sql' | 'workspace'>): FetchResultRepository {
  const { sql: db, workspace } = scope;
  const { dialect } = db;
  const list = (toSql: (column: Sql) => Sql, columns = RESULT_COLUMNS): Sql =>
    joinSql(
      columns.map(([, column]) => toSql(identifier(column))),
      ', ',
    );
  const columns = list((column) => column);
  const updated = RESULT_COLUMNS.filter(([, column]) => !KEYS.has(column));

  const select = async (of: Sql, { where, orderBy, limit }: PagePart): Promise<readonly FetchResult[]> => {
    const rows = await db.all(sql`
      SELECT ${columns} FROM fetch_results
      WHERE workspace_id = ${workspace.id} AND ${of} AND ${where} ORDER BY ${orderBy} LIMIT ${limit}`);
    return rows.map(readResult);
  };

  return {
    async record(results) {
      if (results.length === 0) return;
      const types = Object.fromEntries(RESULT_COLUMNS.map(([, column, type]) => [column, type]));
      const rows = dialect.records(types, results.map(resultValues));
      await db.execute(sql`
        INSERT INTO fetch_results (workspace_id, ${columns})
        SELECT ${workspace.id}, ${list((column) => sql`r.${column}`)} FROM ${rows} AS r
        WHERE true ORDER BY r.document_id
        ON CONFLICT (workspace_id, document_id, run_id) DO UPDATE
        SET ${list((column) => sql`${column} = excluded.${column}`, updated)}`);
    },
    async latestOf(documentIds) {
      if (documentIds.length === 0) return new Map();
      const rows = await db.all(sql`
        SELECT r.document_id, r.run_id, r.mime_type, r.charset, r.language, r.title, r.canonical_uri, r.bytes_hash,
          r.text_hash, r.content_length, r.text_length, r.etag, r.last_modified, s.input_hash, s.config_hash,
          d.gone_at, d.bytes_hash AS current_bytes_hash, d.text_hash AS current_text_hash
        FROM document_stages s
        JOIN fetch_results r
          ON r.workspace_id = s.workspace_id AND r.document_id = s.document_id AND r.run_id = s.run_id
        JOIN documents d ON d.workspace_id = s.workspace_id AND d.id = s.document_id
        WHERE s.workspace_id = ${workspace.id} AND ${dialect.isIn(sql`s.document_id`, documentIds)}
          AND s.stage = 'fetch' AND s.variant = 'default' AND r.status = 'completed'`);
      return new Map(rows.map((row) => [row.document_id as string, readLatest(row)]));
    },
    async recordedIn(runId, documentIds) {
      if (documentIds.length === 0) return new Set();
      const rows = await db.all<{ readonly document_id: string }>(sql`
        SELECT document_id FROM fetch_results
        WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND ${dialect.isIn(sql`document_id`, documentIds)}`);
      return new Set(rows.map((row) => row.document_id));
    },
    async tally(runId) {
      const rows = await db.all(sql`
        SELECT status, change, error_code, count(*) AS results, sum(attempt - 1) AS retried,
          sum(CASE WHEN change = 'unchanged' AND http_status = 304 THEN 0 ELSE coalesce(content_length, 0) END) AS bytes
        FROM fetch_results WHERE workspace_id = ${workspace.id} AND run_id = ${runId}
        GROUP BY status, change, error_code ORDER BY status, change, error_code`);
      return rows.map((row) => ({
        status: row.status as FetchStatus,
        change: row.change as FetchChange | null,
        errorCode: row.error_code as string | null,
        count: Number(row.results),
        retried: Number(row.retried),
        bytes: Number(row.bytes),
      }));
    },
    ofRun: (runId, { statuses, ...page } = {}) => {
      const inStatus = statuses === undefined ? sql`true` : dialect.isIn(sql`status`, statuses);
      return pageById({
        page,
        column: 'document_id',
        idOf: ({ documentId }) => documentId,
        select: (part) => select(sql`run_id = ${runId} AND ${inStatus}`, part),
      });
    },
    ofDocument: (documentId, page = {}) =>
      pageById({
        page,
        column: 'run_id',
        isDescending: true,
        idOf: ({ runId }) => runId,
        select: (part) => select(sql`document_id = ${documentId}`, part),
      }),
  };
}

function readLatest(row: Row): LatestFetch {
  const text = (column: string): string | null => row[column] as string | null;
  const number = (column: string): number | null => (row[column] === null ? null : Number(row[column]));
  const textHash = text('text_hash');
  const bytesHash = text('bytes_hash');
  const isSame = textHash === null ? bytesHash === row.current_bytes_hash : textHash === row.current_text_hash;
  return {
    documentId: row.document_id as string,
    runId: row.run_id as string,
    mimeType: text('mime_type'),
    charset: text('charset'),
    language: text('language'),
    title: text('title'),
    canonicalUri: text('canonical_uri'),
    bytesHash,
    textHash,
    contentLength: number('content_length'),
    textLength: number('text_length'),
    etag: text('etag'),
    lastModified: text('last_modified'),
    inputHash: text('input_hash'),
    configHash: text('config_hash'),
    isCurrent: row.gone_at === null && isSame,
  };
}
