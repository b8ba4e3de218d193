import { contentHash } from '@sheaf/core';
import {
  type DataRegistry,
  type DataRepositories,
  type DataScope,
  type ObservedContent,
  rawSql,
  type SourceRecord,
  sql,
} from '@sheaf/db';
import { expect } from 'vitest';
import type { OpenedData } from '../contract-harness.ts';
import { runOf } from './run-rows.ts';

/**
 * Plugins that tests pretend to have, over tables that Sheaf has: `map` finds documents, `fetch` gets their content,
 * `outline` reads it.
 */
export const documentRegistry: DataRegistry = {
  stages: [
    { name: 'map' },
    { name: 'fetch', startsPending: true },
    { name: 'outline', startsPending: true, readsContent: true },
  ],
  facets: [
    {
      plugin: 'map',
      stage: 'map',
      table: 'map_results',
      columns: {
        depth: { column: 'depth', type: 'integer' },
        isNew: { column: 'is_new', type: 'boolean' },
        modifiedAt: { column: 'modified_at', type: 'datetime' },
        meta: { column: 'meta', type: 'json' },
      },
    },
    {
      plugin: 'fetch',
      stage: 'fetch',
      table: 'fetch_results',
      columns: {
        httpStatus: { column: 'http_status', type: 'integer' },
        fetchedAt: { column: 'fetched_at', type: 'datetime' },
        redirects: { column: 'redirects', type: 'json' },
      },
    },
  ],
};

/** A workspace with one source and one run, which most tests of documents need. */
export interface DocumentWorkspace extends DataRepositories {
  readonly scope: DataScope;
  readonly source: SourceRecord;
  readonly runId: string;
}

export async function openDocuments(data: OpenedData, slug?: string): Promise<DocumentWorkspace> {
  const repositories = await data.repositories(slug);
  const source = await repositories.sources.ensure({ kind: 'site', uri: 'https://example.com/' });
  const { id: runId } = await repositories.runs.open(runOf());
  return { ...repositories, scope: await data.scope(slug), source, runId };
}

/** Registers URIs and gives their documents' ids, in order. */
export async function registered(workspace: DocumentWorkspace, ...uris: readonly string[]): Promise<string[]> {
  const { documents, source } = workspace;
  const entries = await documents.register(
    uris.map((uri) => ({ uri })),
    { sourceId: source.id, method: 'crawl' },
  );
  return entries.map(({ documentId }) => documentId);
}

/** A document that holds `text`, whose bytes are recorded as the page around it. */
export async function observed(
  { contents }: DocumentWorkspace,
  documentId: string,
  text: string,
  rest: Partial<ObservedContent> & { readonly markup?: string } = {},
): Promise<ObservedContent> {
  const { markup = '<p>', ...overrides } = rest;
  const staged = await contents.stage(new TextEncoder().encode(`${markup}${text}`));
  await contents.record([staged]);
  return {
    documentId,
    bytesHash: staged.hash,
    textHash: contentHash(text),
    mimeType: 'text/html',
    size: staged.size,
    title: null,
    ...overrides,
  };
}

/** Notes one content; gives the change and the version. */
export async function hold(
  workspace: DocumentWorkspace,
  documentId: string,
  text: string,
  rest?: Parameters<typeof observed>[3],
): Promise<{ readonly change: string; readonly version: number }> {
  const content = await observed(workspace, documentId, text, rest);
  const [result] = await workspace.documents.recordContent([content], { runId: workspace.runId });
  if (!result) throw new Error('One content gives one result.');
  return { change: result.change, version: result.version };
}

const TABLES = [
  'sources',
  'documents',
  'document_uris',
  'document_sources',
  'document_versions',
  'document_stages',
  'contents',
  'artifacts',
  'batches',
  'runs',
] as const;

export type TableName = (typeof TABLES)[number];
export type Snapshot = Readonly<Record<TableName, readonly Readonly<Record<string, unknown>>[]>>;

/** All that a workspace holds, table by table, in an order that does not depend on the writing. */
export async function snapshot({ sql: db, workspace }: DataScope): Promise<Snapshot> {
  const entries: (readonly [string, readonly Readonly<Record<string, unknown>>[]])[] = [];
  for (const table of TABLES) {
    const rows = await db.all(sql`SELECT * FROM ${rawSql(table)} WHERE workspace_id = ${workspace.id}`);
    entries.push([table, rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))]);
  }
  return Object.fromEntries(entries) as Snapshot;
}

/** A snapshot without some columns. */
export function without(taken: Snapshot, ...columns: readonly string[]): Snapshot {
  const strip = (row: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
  return Object.fromEntries(
    Object.entries(taken).map(([table, rows]) => [table, rows.map(strip)]),
  ) as unknown as Snapshot;
}

/** What holds of the documents of a workspace whatever was done to them. */
export async function expectSound({ sql: db, workspace }: DataScope): Promise<void> {
  const documents = await db.all<{
    readonly id: string;
    readonly uri: string;
    readonly uri_hash: string;
    readonly merged_into_id: string | null;
  }>(sql`SELECT id, uri, uri_hash, merged_into_id FROM documents WHERE workspace_id = ${workspace.id}`);
  const living = new Map(documents.filter((one) => one.merged_into_id === null).map((one) => [one.id, one]));
  for (const { uri, uri_hash } of living.values()) expect(uri_hash).toBe(contentHash(uri));
  for (const { merged_into_id } of documents) {
    if (merged_into_id !== null) expect([...living.keys()]).toContain(merged_into_id);
  }
  const uris = await db.all<{
    readonly uri: string;
    readonly uri_hash: string;
    readonly document_id: string;
    readonly kind: string;
  }>(sql`SELECT uri, uri_hash, document_id, kind FROM document_uris WHERE workspace_id = ${workspace.id}`);
  for (const { uri, uri_hash, document_id } of uris) {
    expect(uri_hash).toBe(contentHash(uri));
    expect([...living.keys()]).toContain(document_id);
  }
  const canonical = uris.filter(({ kind }) => kind === 'canonical');
  expect(new Map(canonical.map(({ document_id, uri }) => [document_id, uri]))).toEqual(
    new Map([...living.values()].map(({ id, uri }) => [id, uri])),
  );
  expect(canonical).toHaveLength(living.size);
  const adrift = await db.all(sql`
    SELECT d.id FROM documents d
    LEFT JOIN document_versions v
      ON v.workspace_id = d.workspace_id AND v.document_id = d.id AND v.version = d.version
    WHERE d.workspace_id = ${workspace.id} AND (
      (d.version > 0 AND v.version IS NULL)
      OR coalesce(d.bytes_hash, '') <> coalesce(v.bytes_hash, '')
      OR coalesce(d.text_hash, '') <> coalesce(v.text_hash, '')
      OR coalesce(d.mime_type, '') <> coalesce(v.mime_type, '')
      OR coalesce(d.content_length, -1) <> coalesce(v.size, -1)
      OR (d.gone_at IS NOT NULL AND d.bytes_hash IS NOT NULL)
    )`);
  expect(adrift).toEqual([]);
}
