import { clients } from '@sheaf/client';
import { contentHash } from '@sheaf/core';
import { type DataScope, type SqlExecutor, type SqlValue, sql } from '@sheaf/db';
import { planGraph } from '@sheaf/engine';
import { fillTables, type OpenedData, openTestData } from '@sheaf/testkit';
import { firstPartyPlugins } from 'sheaf';

export const graph: ReturnType<typeof planGraph> = planGraph(firstPartyPlugins());

/** What both tenants have alike: whoever looks something up by such a key must get his own. */
export const uriOf = (label: string): string => `https://same.example/${label}`;
export const sourceUriOf = (label: string): string => `https://same.example/${label}/`;
export const bytesOf = (label: string): Uint8Array => new TextEncoder().encode(`# The same text ${label}`);
export const hashOf = (label: string): string => contentHash(bytesOf(label));

/** The ids of the other tenant, as whoever has seen them somewhere might name them. */
export interface Strangers {
  readonly document: string;
  readonly source: string;
  readonly run: string;
  /** One that has ended. */
  readonly endedRun: string;
  readonly batch: string;
  readonly claim: { readonly stepId: string; readonly claimToken: string };
}

export interface Tenants {
  readonly data: OpenedData;
  readonly red: DataScope;
  readonly strangers: Strangers;
  /** Undefined where red is alone. */
  readonly blueId: number | undefined;
}

const PAST = new Date('2026-01-02T03:04:05.678Z');

export interface OpenTenants {
  readonly isAlone: boolean;
  /**
   * Whether the ids of both are the same, so that whoever forgets the workspace meets both; else they differ, and whoever
   * knows one names a row of the other. Default false.
   */
  readonly areTwins?: boolean;
  readonly onStatement?: (text: string) => void;
}

/** Rows of every table for each tenant, that differ in their ids at the most. */
export async function openTenants(
  provider: 'sqlite' | 'postgresql',
  { isAlone, areTwins = false, onStatement = () => {} }: OpenTenants,
): Promise<Tenants> {
  const registry = { stages: graph.stages, facets: graph.facets };
  const data = await openTestData({ provider, clients, registry, onStatement });
  const red = await data.scope('red');
  const blueId = red.workspace.id + 1;
  if (!isAlone) {
    const blue = await data.scope('blue');
    if (blue.workspace.id !== blueId) throw new Error('The ids of workspaces are to be in order.');
  }
  for (const id of isAlone ? [red.workspace.id] : [red.workspace.id, blueId]) {
    const { sql: db } = data.connection;
    const mark = areTwins ? 'twin' : String(id);
    for (const label of ['a', 'b']) await fillTables(db, id, label, { values: valuesOf(label), mark });
    await addUnused(db, { own: id, isNamed: id === blueId });
  }
  const strangers = strangersOf(areTwins ? 'twin' : String(blueId));
  return { data, red, strangers, blueId: isAlone ? undefined : blueId };
}

function strangersOf(mark: string): Strangers {
  return {
    document: `documents.id.${mark}.a`,
    source: `sources.id.${mark}.a`,
    run: `runs.id.${mark}.a`,
    endedRun: `runs.id.${mark}.b`,
    batch: `batches.id.${mark}.a`,
    claim: { stepId: `steps.id.${mark}.a`, claimToken: `steps.claim_token.${mark}.a` },
  };
}

/** Contents and artifacts that only the other tenant needs, and a document that only with him is merged. */
async function addUnused(db: SqlExecutor, { own, isNamed }: { own: number; isNamed: boolean }): Promise<void> {
  const content = (label: string) => sql`
    INSERT INTO contents (workspace_id, hash, size, storage, created_at, touched_at)
    VALUES (${own}, ${hashOf(label)}, ${label.length}, 'database', ${PAST}, ${PAST})`;
  const artifact = (input: string, label: string) => sql`
    INSERT INTO artifacts (workspace_id, input_hash, kind, config_hash, content_hash, created_at)
    VALUES (${own}, ${input}, 'links', 'config', ${hashOf(label)}, ${PAST})`;
  for (const label of ['unused', 'made']) await db.execute(content(label));
  await db.execute(artifact('unused', 'made'));
  if (!isNamed) return;
  await db.execute(sql`UPDATE documents SET merged_into_id = id WHERE workspace_id = ${own} AND uri = ${uriOf('b')}`);
  await db.execute(sql`
    UPDATE fetch_results SET bytes_hash = ${hashOf('unused')}, text_hash = 'unused'
    WHERE workspace_id = ${own} AND bytes_hash = ${hashOf('a')}`);
}

/** The first has work under way that somebody else holds no longer; the second is done. */
function valuesOf(label: string): Readonly<Record<string, SqlValue>> {
  const [uri, hash] = [uriOf(label), hashOf(label)];
  const isOpen = label === 'a';
  return {
    'documents.uri': uri,
    'documents.uri_hash': contentHash(uri),
    'documents.uri_key': uri,
    'documents.domain': 'same.example',
    'documents.version': 1,
    'documents.gone_at': null,
    'document_uris.uri': uri,
    'document_uris.uri_hash': contentHash(uri),
    'document_uris.kind': 'canonical',
    'document_sources.gone_at': null,
    'document_versions.version': 1,
    'document_versions.action': 'created',
    'document_stages.stage': 'fetch',
    'document_stages.variant': 'default',
    'document_stages.status': isOpen ? 'pending' : 'completed',
    'contents.hash': hash,
    'contents.size': bytesOf(label).byteLength,
    'contents.storage': 'database',
    'content_bytes.bytes': bytesOf(label),
    'artifacts.input_hash': hash,
    'artifacts.kind': 'markdown',
    'artifacts.config_hash': 'config',
    'sources.kind': 'site',
    'sources.uri': sourceUriOf(label),
    'sources.uri_hash': contentHash(sourceUriOf(label)),
    'batches.ended_at': null,
    'frontier.uri': uri,
    'frontier.uri_hash': contentHash(uri),
    'frontier.state': 'pending',
    'runs.tool': 'fetch.run',
    'runs.input_digest': 'digest',
    'runs.status': isOpen ? 'running' : 'completed',
    'runs.worker_id': isOpen ? 'worker' : null,
    'runs.lease_until': isOpen ? PAST : null,
    'runs.ended_at': isOpen ? null : PAST,
    'run_items.status': isOpen ? 'running' : 'completed',
    'run_items.ended_at': isOpen ? null : PAST,
    'steps.type': 'fetch',
    'steps.variant': 'default',
    'steps.status': isOpen ? 'running' : 'pending',
    'steps.waits_for': 0,
    'steps.attempt': 1,
    'steps.max_attempts': 3,
    'steps.available_at': PAST,
    'steps.lease_until': isOpen ? PAST : null,
    'steps.ended_at': null,
    'run_events.seq': 1,
    'run_events.level': 'info',
    'map_results.method': 'sitemap',
    'map_results.status': 'completed',
    'fetch_results.status': 'completed',
    'fetch_results.change': 'created',
  };
}
