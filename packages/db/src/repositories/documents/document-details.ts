import type { DataScope } from '../../scope.ts';
import { rawSql, sql } from '../../sql/statement.ts';
import { type CursorOrder, decodeCursor, encodeCursor, pageLimit, toPage } from '../cursor.ts';
import type { DocumentSourceRecord, DocumentUriRecord, DocumentVersionRecord } from '../document-repository.ts';
import type { Page, PageOptions } from '../page.ts';
import { readDate, readOptionalDate, readRecord } from '../stored-value.ts';

/** The canonical one first, then in the order in which they were met. */
export async function urisOfDocument(
  { sql: db, workspace }: DataScope,
  documentId: string,
): Promise<readonly DocumentUriRecord[]> {
  const rows = await db.all<Omit<DocumentUriRecord, 'createdAt'> & { readonly created_at: unknown }>(sql`
    SELECT u.uri, u.kind, u.created_at FROM document_uris u
    WHERE u.workspace_id = ${workspace.id} AND u.document_id = ${documentId}
    ORDER BY CASE WHEN u.kind = 'canonical' THEN 0 ELSE 1 END, u.created_at, u.uri`);
  return rows.map(({ uri, kind, created_at }) => ({ uri, kind, createdAt: readDate(created_at) }));
}

interface SourceRow {
  readonly source_id: string;
  readonly uri: string;
  readonly method: string;
  readonly found_at: string | null;
  readonly first_seen_at: unknown;
  readonly last_seen_at: unknown;
  readonly gone_at: unknown;
}

/** The source that named it first comes first. */
export async function sourcesOfDocument(
  { sql: db, workspace }: DataScope,
  documentId: string,
): Promise<readonly DocumentSourceRecord[]> {
  const rows = await db.all<SourceRow>(sql`
    SELECT x.source_id, s.uri, x.method, x.found_at, x.first_seen_at, x.last_seen_at, x.gone_at
    FROM document_sources x
    JOIN sources s ON s.workspace_id = x.workspace_id AND s.id = x.source_id
    WHERE x.workspace_id = ${workspace.id} AND x.document_id = ${documentId}
    ORDER BY x.first_seen_at, x.source_id`);
  return rows.map((row) => ({
    sourceId: row.source_id,
    sourceUri: row.uri,
    method: row.method,
    foundAt: row.found_at,
    firstSeenAt: readDate(row.first_seen_at),
    lastSeenAt: readDate(row.last_seen_at),
    goneAt: readOptionalDate(row.gone_at),
  }));
}

interface VersionRow {
  readonly version: number;
  readonly action: DocumentVersionRecord['action'];
  readonly bytes_hash: string | null;
  readonly text_hash: string | null;
  readonly mime_type: string | null;
  readonly size: number | null;
  readonly run_id: string | null;
  readonly created_at: unknown;
  readonly meta: unknown;
}

const NEWEST_FIRST: CursorOrder = { orderBy: 'version', isDescending: true, type: 'integer', isNullable: false };

export async function versionsOfDocument(
  { sql: db, workspace }: DataScope,
  documentId: string,
  options: PageOptions,
): Promise<Page<DocumentVersionRecord>> {
  const limit = pageLimit(options.limit);
  const after = options.after === undefined ? undefined : decodeCursor(options.after, NEWEST_FIRST);
  const rows = await db.all<VersionRow>(sql`
    SELECT v.version, v.action, v.bytes_hash, v.text_hash, v.mime_type, v.size, v.run_id, v.created_at, v.meta
    FROM document_versions v
    WHERE v.workspace_id = ${workspace.id} AND v.document_id = ${documentId}
      ${after === undefined ? rawSql('') : sql`AND v.version < ${after.value}`}
    ORDER BY v.version DESC LIMIT ${limit + 1}`);
  return toPage({
    rows,
    limit,
    toItem: toVersion,
    toCursor: ({ version }) => encodeCursor(NEWEST_FIRST, { value: version, id: documentId }),
  });
}

function toVersion(row: VersionRow): DocumentVersionRecord {
  return {
    version: row.version,
    action: row.action,
    bytesHash: row.bytes_hash,
    textHash: row.text_hash,
    mimeType: row.mime_type,
    size: row.size,
    runId: row.run_id,
    createdAt: readDate(row.created_at),
    meta: readRecord(row.meta),
  };
}
