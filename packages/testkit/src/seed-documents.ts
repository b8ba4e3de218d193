import { contentHash, createId } from '@sheaf/core';
import { type DataScope, sql } from '@sheaf/db';

export interface SeedDocumentsOptions {
  readonly count: number;
  /** Who owns the results: runs of `map.run` and `fetch.run`. */
  readonly mapRunId: string;
  readonly fetchRunId: string;
  readonly sourceId: string;
}

/** What was seeded, in the order of the documents' ids. */
export interface SeededDocument {
  readonly index: number;
  readonly uri: string;
  readonly domain: string;
  readonly fetchStatus: 'completed' | 'pending' | 'failed' | 'stale';
  readonly lastSeenAt: Date;
}

/** Hosts that share most of the documents evenly; every four hundredth document belongs to another one. */
const HOSTS = 19;
const RARE = 'rare.example.com';
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Documents to a transaction. */
const CHUNK = 20_000;

/** The document of an index, as `seedDocuments` writes it: tests take from here what they expect. */
export function seededDocument(index: number): SeededDocument {
  const domain = index % 400 === 399 ? RARE : `docs-${index % HOSTS}.example.com`;
  const part = index % 20;
  return {
    index,
    domain,
    uri: `https://${domain}/section-${Math.floor(index / 2_000)}/page-${index}.html`,
    fetchStatus: part < 14 ? 'completed' : part < 18 ? 'pending' : part === 18 ? 'failed' : 'stale',
    lastSeenAt: new Date(START + Math.floor(index / 10) * 1_000),
  };
}

/**
 * Fills a workspace with documents that were mapped and mostly fetched: their URIs, their source, the results of both
 * runs and the stages `map` and `fetch`.
 */
export async function seedDocuments(scope: DataScope, options: SeedDocumentsOptions): Promise<void> {
  for (let start = 0; start < options.count; start += CHUNK) {
    const size = Math.min(CHUNK, options.count - start);
    const documents = Array.from({ length: size }, (_, offset) => seededDocument(start + offset));
    await scope.transaction((inner) => seedChunk(inner, documents, options));
  }
}

async function seedChunk(
  { sql: db, workspace: { id: workspaceId } }: DataScope,
  documents: readonly SeededDocument[],
  { mapRunId, fetchRunId, sourceId }: SeedDocumentsOptions,
): Promise<void> {
  const rows = documents.map(({ index, uri, domain, fetchStatus, lastSeenAt }) => {
    const isFetched = fetchStatus === 'completed' || fetchStatus === 'stale';
    return [
      createId(),
      uri,
      contentHash(uri),
      domain,
      index % 10 === 9 ? null : `The page ${index}`,
      isFetched ? 1 : 0,
      isFetched ? 1_000 + (index % 9_000) : null,
      lastSeenAt,
      isFetched ? lastSeenAt : null,
    ];
  });
  const first = rows[0]?.[0] as string;
  await db.execute(sql`
    INSERT INTO documents
      (workspace_id, id, uri, uri_hash, uri_key, domain, title, version, content_length, first_seen_at, last_seen_at,
       changed_at)
    SELECT ${workspaceId}, r.id, r.uri, r.uri_hash, r.uri, r.domain, r.title, r.version, r.content_length,
      r.last_seen_at, r.last_seen_at, r.changed_at
    FROM ${db.dialect.records(
      {
        id: 'text',
        uri: 'text',
        uri_hash: 'text',
        domain: 'text',
        title: 'text',
        version: 'integer',
        content_length: 'integer',
        last_seen_at: 'datetime',
        changed_at: 'datetime',
      },
      rows,
    )} AS r`);
  const chunk = sql`documents d WHERE d.workspace_id = ${workspaceId} AND d.id >= ${first}`;
  await db.execute(sql`
    INSERT INTO document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)
    SELECT d.workspace_id, d.uri_hash, d.uri, d.id, 'canonical', d.first_seen_at FROM ${chunk}`);
  await db.execute(sql`
    INSERT INTO document_sources
      (workspace_id, document_id, source_id, method, run_id, first_seen_at, last_seen_at)
    SELECT d.workspace_id, d.id, ${sourceId}, 'sitemap', ${mapRunId}, d.first_seen_at, d.last_seen_at FROM ${chunk}`);
  await db.execute(sql`
    INSERT INTO map_results (workspace_id, document_id, run_id, status, method, title, is_new, created_at)
    SELECT d.workspace_id, d.id, ${mapRunId}, 'completed', 'sitemap', d.title, ${true}, d.first_seen_at FROM ${chunk}`);
  await db.execute(sql`
    INSERT INTO fetch_results
      (workspace_id, document_id, run_id, status, change, http_status, final_uri, mime_type, content_length, fetched_at)
    SELECT d.workspace_id, d.id, ${fetchRunId}, 'completed', 'created', 200, d.uri, 'text/html', d.content_length,
      d.changed_at
    FROM ${chunk} AND d.changed_at IS NOT NULL`);
  await db.execute(sql`
    INSERT INTO document_stages (workspace_id, document_id, stage, status, run_id, updated_at)
    SELECT d.workspace_id, d.id, 'map', 'completed', ${mapRunId}, d.first_seen_at FROM ${chunk}`);
  const statuses = db.dialect.records(
    { id: 'text', status: 'text', run_id: 'text', error_code: 'text' },
    documents.map(({ fetchStatus }, index) => [
      rows[index]?.[0],
      fetchStatus,
      fetchStatus === 'pending' ? null : fetchRunId,
      fetchStatus === 'failed' ? 'fetch.http-error' : null,
    ]),
  );
  await db.execute(sql`
    INSERT INTO document_stages (workspace_id, document_id, stage, status, run_id, error_code, updated_at)
    SELECT d.workspace_id, d.id, 'fetch', r.status, r.run_id, r.error_code, d.last_seen_at
    FROM ${statuses} AS r CROSS JOIN documents d WHERE d.workspace_id = ${workspaceId} AND d.id = r.id`);
}
