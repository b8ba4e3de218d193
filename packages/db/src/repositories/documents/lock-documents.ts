import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { rawSql, type Sql, sql } from '../../sql/statement.ts';

/** What writers need of a document. */
export interface LockedDocument {
  readonly id: string;
  readonly uri: string;
  readonly uriHash: string;
  readonly title: string | null;
  readonly version: number;
  readonly bytesHash: string | null;
  readonly textHash: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly isGone: boolean;
  readonly mergedIntoId: string | null;
}

interface Row {
  readonly id: string;
  readonly uri: string;
  readonly uri_hash: string;
  readonly title: string | null;
  readonly version: number;
  readonly bytes_hash: string | null;
  readonly text_hash: string | null;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly gone_at: Date | null;
  readonly merged_into_id: string | null;
}

export type ReadDocuments = (scope: DataScope, ids: readonly string[]) => Promise<Map<string, LockedDocument>>;

/**
 * Reads documents and keeps other writers from them until the transaction ends. Every writer of documents locks them
 * in the order of their ids, so that no two of them wait for each other. Unknown ids are left out.
 */
export const lockDocuments: ReadDocuments = (scope, ids) => read(scope, ids, scope.sql.dialect.lockColumns('d'));

/** `lockDocuments` without the lock: a look that others may contradict at once. */
export const readDocuments: ReadDocuments = (scope, ids) => read(scope, ids, rawSql(''));

async function read(
  { sql: db, workspace }: DataScope,
  ids: readonly string[],
  lock: Sql,
): Promise<Map<string, LockedDocument>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<Row>(sql`
    SELECT d.id, d.uri, d.uri_hash, d.title, d.version, d.bytes_hash, d.text_hash, d.first_seen_at, d.last_seen_at,
      d.gone_at, d.merged_into_id
    FROM documents d
    WHERE d.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`d.id`, [...new Set(ids)])}
    ORDER BY d.id ${lock}`);
  return new Map(rows.map((row) => [row.id, toLocked(row)]));
}

/**
 * `lockDocuments`, with each merged document replaced by the one that it was merged into.
 *
 * @throws `db.not-found`.
 */
export const lockSurvivors: ReadDocuments = (scope, ids) => withSurvivors(scope, ids, lockDocuments);

/** @throws `db.not-found`. */
export async function withSurvivors(
  scope: DataScope,
  ids: readonly string[],
  readDocuments: ReadDocuments,
): Promise<Map<string, LockedDocument>> {
  const found = await readDocuments(scope, ids);
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw dbErrors.create('not-found', { what: 'document', id: missing });
  const merged = [...found.values()].flatMap(({ mergedIntoId }) => mergedIntoId ?? []);
  const survivors = await readDocuments(scope, merged);
  return new Map([...found].map(([id, document]) => [id, survivors.get(document.mergedIntoId ?? '') ?? document]));
}

function toLocked(row: Row): LockedDocument {
  return {
    id: row.id,
    uri: row.uri,
    uriHash: row.uri_hash,
    title: row.title,
    version: row.version,
    bytesHash: row.bytes_hash,
    textHash: row.text_hash,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    isGone: row.gone_at !== null,
    mergedIntoId: row.merged_into_id,
  };
}
