import { definePlugin, type Facet, type Plugin } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';
import { fetchInvariants } from './invariants.ts';
import { type FetchNeedRefs, type FetchRepositories, fetchNeeds } from './needs.ts';
import { type FetchPluginOptions, readSettings } from './options.ts';
import { createFetchResultRepository } from './repositories/fetch-result-repository.ts';
import { createFetchTool, type FetchTool } from './run/fetch-tool.ts';

/** What the repositories of this plugin are built from. */
export type FetchScope = Pick<DataScope, 'workspace' | 'sql'>;

export type FetchTools = { readonly run: FetchTool };

export type FetchPlugin = Plugin<
  'fetch',
  FetchScope,
  FetchNeedRefs,
  FetchRepositories,
  FetchTools,
  Record<never, never>
>;

const facet: Facet = {
  stage: 'fetch',
  table: 'fetch_results',
  columns: {
    httpStatus: { column: 'http_status', type: 'integer' },
    change: { column: 'change', type: 'text' },
    finalUri: { column: 'final_uri', type: 'text' },
    canonicalUri: { column: 'canonical_uri', type: 'text' },
    mimeType: { column: 'mime_type', type: 'text' },
    charset: { column: 'charset', type: 'text' },
    language: { column: 'language', type: 'text' },
    contentLength: { column: 'content_length', type: 'integer' },
    textLength: { column: 'text_length', type: 'integer' },
    etag: { column: 'etag', type: 'text' },
    lastModified: { column: 'last_modified', type: 'text' },
    attempt: { column: 'attempt', type: 'integer' },
    durationMs: { column: 'duration_ms', type: 'integer' },
    errorCode: { column: 'error_code', type: 'text' },
    fetchedAt: { column: 'fetched_at', type: 'datetime' },
  },
};

/**
 * Fetches documents and keeps what they hold: bytes, text as Markdown, metadata, versions.
 *
 * @throws `fetch.invalid-options`.
 * @example
 * const sheaf = await createSheaf({ url: '.sheaf/sheaf.db', clients, plugins: [webPlugin(), fetchPlugin()] });
 * await sheaf.workspace('default').fetch.run({ url: ['https://example.com/'] });
 */
export function fetchPlugin(options: FetchPluginOptions = {}): FetchPlugin {
  const settings = readSettings(options);
  return definePlugin({
    id: 'fetch',
    needs: fetchNeeds,
    schema: {
      models: new URL('../prisma/fetch.prisma', import.meta.url),
      tables: ['fetch_results'],
      contents: { fetch_results: ['bytes_hash', 'text_hash'] },
    },
    stages: [{ name: 'fetch', startsPending: true }],
    facets: [facet],
    invariants: fetchInvariants,
    repositories: (scope: FetchScope) => ({ results: createFetchResultRepository(scope) }),
    tools: { run: createFetchTool(settings) },
  });
}
