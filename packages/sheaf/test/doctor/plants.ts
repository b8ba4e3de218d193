import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentHash } from '@sheaf/core';
import { rawSql, type SqlExecutor } from '@sheaf/db';
import type { Provider } from './healthy-corpus.ts';

export interface PlantContext {
  readonly db: SqlExecutor;
  readonly provider: Provider;
  /** Of the database. */
  readonly url: string;
}

/** One fault in a healthy database, and what it must be found by. */
export interface Plant {
  /** SQL for both databases, or what else it takes; gives back what undoes a damage outside the database. */
  readonly plant: string | readonly string[] | ((context: PlantContext) => Promise<(() => Promise<void>) | void>);
  /** Other invariants that cannot hold then either. */
  readonly also?: readonly string[];
  /** Found by reading all bytes alone. */
  readonly isDeep?: boolean;
  /** Where the fault can happen; default on both. */
  readonly only?: Provider;
  /** Mended by what is not possible in the transaction of the test; see the tests of the command. */
  readonly isMendedOutside?: boolean;
}

const FUTURE = `'2999-01-01T00:00:00.000+00:00'`;
const one = (table: string, where: string, key = 'id'): string =>
  `${key} = (SELECT min(x.${key}) FROM ${table} x WHERE ${where})`;
const someWorkspace = `FROM workspaces WHERE slug = 'default'`;

const fetchedDocument = one('documents', 'x.bytes_hash IS NOT NULL AND x.merged_into_id IS NULL');
const mergedDocument = `(SELECT min(x.id) FROM documents x WHERE x.merged_into_id IS NOT NULL)`;
const alias = one('document_uris', `x.kind <> 'canonical'`, 'uri_hash');
const stageOf = (stage: string, where = 'true'): string =>
  `stage = '${stage}' AND ${one('document_stages', `x.stage = '${stage}' AND ${where}`, 'document_id')}`;
const runOf = (tool: string): string => `(SELECT min(x.id) FROM runs x WHERE x.tool = '${tool}')`;
const unchangedResult = `change = 'unchanged' AND ${one('fetch_results', `x.change = 'unchanged'`, 'document_id')}`;
/** The first version of a document that has a later one. */
const formerVersion = `version = 1 AND ${one('document_versions', `x.version = 2 AND x.action = 'updated'`, 'document_id')}`;
const completedStep = one('steps', `x.status = 'completed'`);
const completedItem = one('run_items', `x.status = 'completed'`);
const completedRun = one('runs', `x.status = 'completed'`);
/** A content that no version names the size of. */
const markdown = one('artifacts', `x.kind = 'markdown'`, 'content_hash').replace('content_hash =', 'hash =');

/** An open run with one open step, as it should be: its worker is on the list. */
const openRun = (step: {
  readonly status: 'pending' | 'running';
  readonly waitsFor?: number;
  readonly worker?: string;
}) => [
  `INSERT INTO workers (id, host, pid, first_seen_at, last_seen_at) SELECT 'w', 'h', 1, created_at, created_at ${someWorkspace}`,
  `INSERT INTO runs (workspace_id, id, tool, kind, input, input_digest, status, worker_id, lease_until, created_at, started_at)
    SELECT id, 'run', 'test.run', 'tool', '{}', 'd', 'running', 'w', ${FUTURE}, created_at, created_at ${someWorkspace}`,
  `INSERT INTO lifecycle_events (workspace_id, id, run_id, event, status, started_at)
    SELECT id, 'event', 'run', 'group_start', 'running', created_at ${someWorkspace}`,
  `INSERT INTO run_items (workspace_id, id, run_id, unit, status, created_at)
    SELECT id, 'item', 'run', 'unit', '${step.status}', created_at ${someWorkspace}`,
  `INSERT INTO steps (workspace_id, id, run_id, item_id, name, type, status, waits_for, attempt, available_at, worker_id,
      claim_token, lease_until, created_at, started_at)
    SELECT id, 'step', 'run', 'item', 'test', 'test', '${step.status}', ${step.waitsFor ?? 0}, 1, created_at,
      ${step.worker ? `'${step.worker}', 'token', ${FUTURE}` : 'NULL, NULL, NULL'}, created_at, created_at ${someWorkspace}`,
];
const toVisit = (run: string, uri: string, hash: string, state: string): string =>
  `INSERT INTO frontier (workspace_id, run_id, uri_hash, uri, depth, state, position)
    SELECT id, ${run}, '${hash}', '${uri}', 0, '${state}', 1 ${someWorkspace}`;

const run = (db: SqlExecutor, text: string): Promise<number> => db.execute(rawSql(text));

async function fileOf({ db, url }: PlantContext): Promise<string> {
  const [row] = await db.all<{ readonly workspace_id: number; readonly hash: string }>(
    rawSql(`SELECT workspace_id, hash FROM contents WHERE storage = 'file'`),
  );
  const { workspace_id, hash } = row as NonNullable<typeof row>;
  return join(`${url}-bytes`, String(workspace_id), hash.slice('sha256-'.length, 'sha256-'.length + 2), hash);
}

/** Other bytes, as many as there were. */
async function damageBytes(context: PlantContext): Promise<(() => Promise<void>) | void> {
  if (context.provider === 'postgresql') {
    await run(
      context.db,
      `UPDATE content_bytes SET bytes = set_byte(bytes, 0, (get_byte(bytes, 0) + 1) % 256) WHERE ${markdown}`,
    );
    return;
  }
  const file = await fileOf(context);
  const intact = await readFile(file);
  await writeFile(file, Buffer.from(intact).fill('?'));
  return () => writeFile(file, intact);
}

async function loseBytes(context: PlantContext): Promise<(() => Promise<void>) | void> {
  if (context.provider === 'postgresql') {
    await run(context.db, `UPDATE contents SET storage = 'file' WHERE ${markdown}`);
    return;
  }
  const file = await fileOf(context);
  const intact = await readFile(file);
  await rm(file);
  return () => writeFile(file, intact);
}

async function forgetFile(context: PlantContext): Promise<() => Promise<void>> {
  const sibling = await fileOf(context);
  const stray = join(dirname(sibling), `sha256-${'0'.repeat(64)}`);
  await writeFile(stray, 'nobody names this');
  const longAgo = new Date(Date.now() - 24 * 60 * 60 * 1_000);
  await utimes(stray, longAgo, longAgo);
  return () => rm(stray);
}

async function lengthenBytes({ db, provider }: PlantContext): Promise<void> {
  const longer = provider === 'postgresql' ? `bytes || '\\x00'::bytea` : 'zeroblob(length(bytes) + 1)';
  await run(db, `UPDATE content_bytes SET bytes = ${longer} WHERE ${markdown}`);
}

/** Reverses the order that an index declares, so that what it holds is in the wrong order. */
async function damageIndex({ db }: PlantContext): Promise<void> {
  await run(db, 'CREATE EXTENSION amcheck');
  await run(db, `UPDATE pg_index SET indoption = '3 3 3'::int2vector WHERE indexrelid = 'run_events_pkey'::regclass`);
}

async function leaveEmptyPages({ db }: PlantContext): Promise<void> {
  await run(db, 'CREATE TABLE large AS SELECT zeroblob(20000000) AS bytes');
  await run(db, 'DROP TABLE large');
}

async function misleadPlanner({ db, provider }: PlantContext): Promise<void> {
  if (provider === 'postgresql') {
    await run(db, `CREATE TABLE large AS SELECT repeat('x', 100) AS text FROM generate_series(1, 100000)`);
    return;
  }
  await run(db, 'CREATE TABLE large AS SELECT 1 AS number');
  await run(db, 'ANALYZE large');
  await run(
    db,
    'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO large SELECT i FROM n',
  );
}

/** Every invariant of the first-party plugins, with a fault that violates it. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  'database.migrations': { plant: 'UPDATE _prisma_migrations SET finished_at = NULL', isMendedOutside: true },
  'database.migration-files': { plant: `UPDATE _prisma_migrations SET checksum = 'edited'` },
  'database.tables': { plant: 'ALTER TABLE query_log RENAME TO query_log_away' },
  'database.integrity': { plant: damageIndex, isDeep: true, only: 'postgresql' },
  'database.foreign-keys': {
    plant: `INSERT INTO run_events (workspace_id, run_id, seq, at, level) SELECT id, 'no run', 1, created_at, 'info' ${someWorkspace}`,
  },
  'database.roles': { plant: 'ALTER ROLE sheaf_app BYPASSRLS', only: 'postgresql' },
  'database.space': { plant: leaveEmptyPages, only: 'sqlite' },
  'database.statistics': { plant: misleadPlanner },
  'workspaces.references': {
    plant: [
      `INSERT INTO workspaces (slug, name, created_at) SELECT 'other', 'Other', created_at ${someWorkspace}`,
      `INSERT INTO llm_calls (workspace_id, id, step_id, provider, model, created_at)
        SELECT id, 'call', (SELECT min(id) FROM steps), 'p', 'm', created_at FROM workspaces WHERE slug = 'other'`,
    ],
  },
  'hosts.robots': { plant: `INSERT INTO host_gates (host, robots_state) VALUES ('nowhere.example', 'rules')` },
  'sources.uri-hash': { plant: `UPDATE sources SET uri = uri || '#' WHERE ${one('sources', 'true')}` },
  'sources.kind': { plant: `UPDATE sources SET kind = 'shop' WHERE ${one('sources', 'true')}` },
  'sources.sightings': {
    plant: `UPDATE document_sources SET first_seen_at = ${FUTURE} WHERE ${one('document_sources', 'true', 'document_id')}`,
  },
  'batches.times': {
    plant: `INSERT INTO batches (workspace_id, id, name, started_at, ended_at) SELECT id, 'b', 'b', ${FUTURE}, created_at ${someWorkspace}`,
  },
  'documents.current-version': { plant: `UPDATE documents SET text_hash = bytes_hash WHERE ${fetchedDocument}` },
  'documents.gone': { plant: `UPDATE documents SET gone_at = last_seen_at WHERE ${fetchedDocument}` },
  'documents.sightings': { plant: `UPDATE documents SET first_seen_at = ${FUTURE} WHERE ${fetchedDocument}` },
  'documents.canonical-uri': {
    plant: `DELETE FROM document_uris WHERE kind = 'canonical' AND ${fetchedDocument.replace('id =', 'document_id =')}`,
  },
  'documents.derived-columns': { plant: `UPDATE documents SET domain = 'elsewhere.example' WHERE ${fetchedDocument}` },
  'documents.uri-hash': { plant: `UPDATE document_uris SET uri = uri || '#' WHERE ${alias}` },
  'documents.uri-kind': { plant: `UPDATE document_uris SET kind = 'odd' WHERE ${alias}` },
  'documents.merge-target': {
    plant: `UPDATE documents SET merged_into_id = ${mergedDocument}
      WHERE merged_into_id IS NOT NULL AND id = (SELECT max(x.id) FROM documents x WHERE x.merged_into_id IS NOT NULL)`,
  },
  'documents.merged-uris': { plant: `UPDATE document_uris SET document_id = ${mergedDocument} WHERE ${alias}` },
  'documents.merged-sources': {
    plant: `INSERT INTO document_sources (workspace_id, document_id, source_id, method, first_seen_at, last_seen_at)
      SELECT workspace_id, ${mergedDocument}, id, 'crawl', created_at, created_at FROM sources WHERE ${one('sources', 'true')}`,
  },
  'documents.merged-stages': {
    plant: `UPDATE document_stages SET status = 'pending' WHERE stage = 'fetch' AND document_id = ${mergedDocument}`,
  },
  'versions.sequence': {
    plant: `DELETE FROM document_versions WHERE ${formerVersion}`,
    also: ['fetch.versions'],
  },
  'versions.content': {
    plant: `UPDATE document_versions SET action = 'restored' WHERE ${formerVersion}`,
    also: ['fetch.versions'],
  },
  'versions.size': { plant: `UPDATE document_versions SET size = size + 1 WHERE ${formerVersion}` },
  'versions.action': {
    plant: `UPDATE document_versions SET action = 'odd' WHERE version = 2 AND action = 'updated'`,
    also: ['fetch.versions'],
  },
  'stages.status': { plant: `UPDATE document_stages SET status = 'running' WHERE ${stageOf('map')}` },
  'stages.fetch.row': {
    plant: `DELETE FROM document_stages WHERE ${stageOf('fetch', `x.status = 'completed'`)}`,
    also: ['stages.fetch.run'],
  },
  'stages.map.result': {
    plant: `UPDATE document_stages SET run_id = ${runOf('fetch.run')} WHERE ${stageOf('map')}`,
  },
  'stages.map.run': {
    plant: `UPDATE document_stages SET run_id = NULL WHERE ${stageOf('map')}`,
    also: ['stages.map.result'],
  },
  'stages.fetch.result': {
    plant: `UPDATE document_stages SET run_id = ${runOf('map.run')} WHERE ${stageOf('fetch')}`,
  },
  'stages.fetch.run': {
    plant: `UPDATE document_stages SET run_id = NULL, status = 'pending' WHERE ${stageOf('fetch', `x.status = 'completed'`)}`,
  },
  'map.stage': { plant: `UPDATE document_stages SET status = 'failed' WHERE ${stageOf('map')}` },
  'map.first-meeting': {
    plant: `UPDATE map_results SET is_new = (1 = 1)
      WHERE document_id = (SELECT min(document_id) FROM map_results WHERE run_id = (SELECT max(run_id) FROM map_results) AND document_id IN (SELECT document_id FROM map_results WHERE run_id = (SELECT min(run_id) FROM map_results)))`,
  },
  'fetch.stage': {
    plant: `UPDATE document_stages SET error_code = 'odd' WHERE ${stageOf('fetch', `x.status = 'failed'`)}`,
  },
  'fetch.outcome': { plant: `UPDATE fetch_results SET change = NULL WHERE ${unchangedResult}` },
  'fetch.versions': { plant: `UPDATE fetch_results SET change = 'updated' WHERE ${unchangedResult}` },
  'contents.storage': { plant: `UPDATE contents SET storage = 'cloud' WHERE ${markdown}` },
  'contents.bytes': {
    plant: [
      `DELETE FROM content_bytes WHERE ${markdown}`,
      `UPDATE contents SET storage = 'database' WHERE ${markdown}`,
    ],
  },
  'contents.size': { plant: lengthenBytes },
  'contents.file': { plant: loseBytes },
  'contents.hash': { plant: damageBytes, isDeep: true },
  'contents.stray-files': { plant: forgetFile, only: 'sqlite' },
  'contents.document-versions': {
    plant: `UPDATE document_versions SET text_hash = 'sha256-none' WHERE ${formerVersion}`,
    also: ['fetch.versions'],
  },
  'contents.artifacts': {
    plant: `UPDATE artifacts SET content_hash = 'sha256-none' WHERE kind = 'markdown' AND ${one('artifacts', `x.kind = 'markdown'`, 'input_hash')}`,
    also: ['database.foreign-keys'],
  },
  'contents.fetch-results': { plant: `UPDATE fetch_results SET bytes_hash = 'sha256-none' WHERE ${unchangedResult}` },
  'contents.orphans': {
    plant: [
      `INSERT INTO contents (workspace_id, hash, size, storage, created_at, touched_at)
        SELECT id, '${contentHash('')}x', 0, 'database', created_at, created_at ${someWorkspace}`,
      `INSERT INTO content_bytes (workspace_id, hash, bytes) SELECT id, '${contentHash('')}x', '' ${someWorkspace}`,
    ],
  },
  'runs.status': {
    plant: `UPDATE runs SET status = 'odd' WHERE ${completedRun}`,
    also: ['runs.times', 'lifecycle.runs'],
  },
  'runs.times': { plant: `UPDATE runs SET started_at = NULL WHERE ${completedRun}` },
  'runs.counts': { plant: `UPDATE runs SET items_total = items_total + 1 WHERE ${completedRun}` },
  'runs.worker': { plant: `UPDATE runs SET worker_id = 'nobody' WHERE ${completedRun}` },
  'runs.interrupted': {
    plant: [
      `DELETE FROM lifecycle_events WHERE event = 'group_end' AND ${completedRun.replace('id =', 'run_id =')}`,
      `UPDATE runs SET status = 'running', ended_at = NULL WHERE ${completedRun}`,
    ],
  },
  'runs.events': { plant: `UPDATE runs SET event_seq = event_seq - 1 WHERE ${one('runs', 'x.event_seq > 0')}` },
  'steps.status': {
    plant: `UPDATE steps SET status = 'odd' WHERE ${completedStep}`,
    also: ['steps.times', 'items.steps'],
  },
  'steps.times': { plant: `UPDATE steps SET ended_at = NULL WHERE ${completedStep}` },
  'steps.item': {
    plant: `UPDATE steps SET document_id = ${mergedDocument} WHERE ${one('steps', `x.status = 'completed' AND x.document_id IS NOT NULL`)}`,
  },
  'steps.claim': { plant: `UPDATE steps SET lease_until = ${FUTURE} WHERE ${completedStep}` },
  'steps.worker': { plant: openRun({ status: 'running', worker: 'nobody' }) },
  'steps.attempts': { plant: `UPDATE steps SET attempt = max_attempts + 1 WHERE ${completedStep}` },
  'steps.ended-run': {
    plant: `UPDATE steps SET status = 'pending', ended_at = NULL WHERE ${completedStep}`,
    also: ['items.steps'],
  },
  'steps.waits-for': { plant: openRun({ status: 'pending', waitsFor: 1 }) },
  'steps.order': {
    plant: `INSERT INTO step_needs (workspace_id, step_id, needed_id)
      SELECT workspace_id, id, (SELECT min(id) FROM steps WHERE status = 'failed') FROM steps WHERE ${completedStep}`,
  },
  'items.status': {
    plant: `UPDATE run_items SET status = 'odd' WHERE ${completedItem}`,
    also: ['items.times', 'items.steps', 'runs.counts'],
  },
  'items.times': { plant: `UPDATE run_items SET ended_at = NULL WHERE ${completedItem}` },
  'items.steps': {
    plant: `UPDATE run_items SET status = 'skipped' WHERE ${completedItem}`,
    also: ['runs.counts'],
  },
  'lifecycle.event': {
    plant: `INSERT INTO lifecycle_events (workspace_id, id, run_id, event, status, started_at)
      SELECT workspace_id, 'odd', id, 'odd', 'completed', created_at FROM runs WHERE ${completedRun}`,
  },
  'lifecycle.runs': {
    plant: `DELETE FROM lifecycle_events WHERE ${one('lifecycle_events', `x.event = 'group_start'`)}`,
  },
  'lifecycle.failures': {
    plant: `DELETE FROM lifecycle_events WHERE ${one('lifecycle_events', `x.event = 'step_failed'`)}`,
  },
  'frontier.state': {
    plant: [
      ...openRun({ status: 'running', worker: 'w' }),
      toVisit(`'run'`, 'https://odd.example/', contentHash('https://odd.example/'), 'odd'),
    ],
  },
  'frontier.uri-hash': {
    plant: [...openRun({ status: 'running', worker: 'w' }), toVisit(`'run'`, 'https://odd.example/', 'h', 'pending')],
  },
  'frontier.ended-run': {
    plant: toVisit(runOf('map.run'), 'https://odd.example/', contentHash('https://odd.example/'), 'pending'),
  },
};
