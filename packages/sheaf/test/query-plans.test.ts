import { clients } from '@sheaf/client';
import { createId } from '@sheaf/core';
import {
  createDataRepositories,
  type DataRepositories,
  type DataScope,
  type DocumentFilter,
  type DocumentOrder,
  rawSql,
  sql,
} from '@sheaf/db';
import { fetchPlugin } from '@sheaf/plugin-fetch';
import { mapPlugin } from '@sheaf/plugin-map';
import { type OpenedData, openTestData, seedDocuments, seededDocument } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Plan, planOf } from './record-plans.ts';

/** Enough that PostgreSQL looks a page of 200 up rather than reading them all. */
const COUNT = 20_000;

const map = mapPlugin();
const fetch = fetchPlugin();
const registry = {
  stages: [...(map.stages ?? []), ...(fetch.stages ?? [])],
  facets: [map, fetch].flatMap(({ id, facets }) => (facets ?? []).map((facet) => ({ ...facet, plugin: id }))),
};

const INDEX_OF_ORDER: Readonly<Partial<Record<DocumentOrder, string>>> = {
  id: 'documents_pkey',
  uri: 'documents_workspace_id_uri_key_id_idx',
  domain: 'documents_workspace_id_domain_id_idx',
  lastSeen: 'documents_workspace_id_last_seen_at_id_idx',
  changed: 'documents_workspace_id_changed_at_id_idx',
};

const STATUS_INDEX = 'document_stages_status_idx';
const rare = 'rare.example.com';
const failed = { stage: 'fetch', statuses: ['failed'] } as const;

/** What a test asks of everything that was seeded. */
interface Seeded {
  readonly scope: DataScope;
  readonly sourceId: string;
  readonly mapRunId: string;
  readonly fetchRunId: string;
  readonly documentId: string;
}

async function seed(data: OpenedData): Promise<Seeded> {
  const scope = await data.scope();
  const { sources, runs, steps, frontier, documents } = createDataRepositories(scope);
  const open = async (tool: string): Promise<string> => {
    const run = { tool, input: {}, inputDigest: tool, workerId: 'worker', leaseMs: 60_000, resume: false };
    return (await runs.open(run)).id;
  };
  const { id: sourceId } = await sources.ensure({ kind: 'site', uri: 'https://docs-0.example.com/' });
  const [mapRunId, fetchRunId] = [await open('map.run'), await open('fetch.run')];
  await seedDocuments(scope, { count: COUNT, mapRunId, fetchRunId, sourceId });
  const numbers = Array.from({ length: 3_000 }, (_, index) => index);
  // Runs of the past: one in a hundred has failed, one in a hundred is of another tool.
  const past = scope.sql.dialect.records(
    { id: 'text', status: 'text', tool: 'text' },
    numbers.map((n) => [createId(), n % 100 === 0 ? 'failed' : 'completed', n % 100 === 1 ? 'rare.run' : 'map.run']),
  );
  await scope.sql.execute(sql`
    INSERT INTO runs (workspace_id, id, tool, input, input_digest, status, created_at, ended_at)
    SELECT workspace_id, r.id, r.tool, input, r.id, r.status, created_at, created_at
    FROM runs CROSS JOIN ${past} AS r WHERE runs.id = ${mapRunId}`);
  await runs.addEvents(
    mapRunId,
    numbers.map((n) => ({ level: 'progress', done: n })),
  );
  await steps.plan({ runId: fetchRunId, type: 'fetch', steps: numbers.map((n) => ({ unit: `unit-${n}` })) });
  await frontier.add(
    mapRunId,
    numbers.map((n) => ({ uri: `https://docs-0.example.com/${n}`, depth: 1, foundAt: null })),
  );
  const [first] = (await documents.identities({ limit: 1 })).items;
  // SQLite has its statistics from the migrations; PostgreSQL's autovacuum makes them.
  if (data.provider === 'postgresql') await data.connection.sql.execute(rawSql('ANALYZE'));
  return { scope, sourceId, mapRunId, fetchRunId, documentId: first?.id ?? '' };
}

describe.each(['sqlite', 'postgresql'] as const)('on %s', (provider) => {
  let data: OpenedData;
  let seeded: Seeded;

  beforeAll(async () => {
    data = await openTestData({ provider, clients, registry });
    seeded = await seed(data);
  }, 120_000);
  afterAll(() => data.close());

  const plan = (call: (repositories: DataRepositories) => Promise<unknown>): Promise<Plan> =>
    planOf(seeded.scope, (scope) => call(createDataRepositories(scope)));

  function expectIndexes({ indexes, scans, text }: Plan, ...meant: readonly string[]): void {
    expect({ indexes, scans }, text).toEqual({ indexes: expect.arrayContaining([...meant]), scans: [] });
  }

  describe.each(Object.entries(INDEX_OF_ORDER) as [DocumentOrder, string][])(
    'a page ordered by %s',
    (orderBy, index) => {
      it.each([false, true])('follows its index, first and following, descending: %s', async (descending) => {
        const { next } = await createDataRepositories(seeded.scope).documents.page({ orderBy, descending, limit: 20 });
        expectIndexes(await plan(({ documents }) => documents.page({ orderBy, descending })), index);
        const after = { orderBy, descending, after: next as string };
        expectIndexes(await plan(({ documents }) => documents.page(after)), index);
      });
    },
  );

  it.each<[string, DocumentFilter, string]>([
    ['a domain', { domain: rare }, 'documents_workspace_id_domain_id_idx'],
    ['a status', { stage: failed }, STATUS_INDEX],
    ['statuses', { stage: { stage: 'fetch', statuses: ['failed', 'stale'] } }, STATUS_INDEX],
    ['ids', { ids: ['a', 'b'] }, 'documents_pkey'],
    ['URIs', { uris: [seededDocument(7).uri] }, 'document_uris_pkey'],
  ])('a page, the identities and the count of %s use its index', async (_, filter, index) => {
    expectIndexes(await plan(({ documents }) => documents.page(filter)), index);
    expectIndexes(await plan(({ documents }) => documents.identities(filter)), index);
    const counted = await plan(({ documents }) => documents.count(filter));
    expect(counted.indexes, counted.text).toContain(index);
  });

  it.each<[string, DocumentFilter, DocumentOrder]>([
    ['last seen', { lastSeen: { from: seededDocument(COUNT - 50).lastSeenAt } }, 'lastSeen'],
    ['changed', { changed: { from: seededDocument(COUNT - 50).lastSeenAt } }, 'changed'],
  ])('a page and the count of what was %s at a time use its index', async (_, filter, orderBy) => {
    const index = INDEX_OF_ORDER[orderBy] as string;
    expectIndexes(await plan(({ documents }) => documents.page({ ...filter, orderBy })), index);
    expectIndexes(await plan(({ documents }) => documents.count(filter)), index);
  });

  it('a page of what a source names, or a run found, looks it up document by document', async () => {
    const { sourceId, mapRunId } = seeded;
    for (const filter of [{ sourceId }, { foundByRun: mapRunId }]) {
      expectIndexes(await plan(({ documents }) => documents.page(filter)), 'documents_pkey', 'document_sources_pkey');
    }
  });

  it('a page of globs follows the order', async () => {
    const include = ['https://docs-3.example.com/*'];
    expectIndexes(await plan(({ documents }) => documents.page({ include })), 'documents_pkey');
  });

  it('a document is looked up by its keys', async () => {
    for (const key of [seeded.documentId, seededDocument(7).uri]) {
      expectIndexes(
        await plan(({ documents }) => documents.find(key)),
        'documents_pkey',
        'document_uris_pkey',
        'document_stages_pkey',
      );
    }
  });

  it('the parts of a document are looked up by it', async () => {
    const id = seeded.documentId;
    expectIndexes(await plan(({ documents }) => documents.uris(id)), 'document_uris_workspace_id_document_id_idx');
    const sources = await plan(({ documents }) => documents.sources(id));
    expect(sources.indexes, sources.text).toContain('document_sources_pkey');
    // One source and no versions: PostgreSQL knows that these tables are as good as empty.
    if (provider === 'postgresql') return;
    expectIndexes(sources, 'sources_pkey');
    expectIndexes(await plan(({ documents }) => documents.versions(id)), 'document_versions_pkey');
  });

  it('counts of all documents read indexes; PostgreSQL may prefer the tables', async () => {
    const merged = 'documents_workspace_id_merged_into_id_idx';
    const byStage = await plan(({ documents }) => documents.countsByStage());
    const byDomain = await plan(({ documents }) => documents.countsByDomain());
    const all = await plan(({ documents }) => documents.count());
    expect(byStage.indexes, byStage.text).toContain(merged);
    expect(byDomain.indexes, byDomain.text).toContain(merged);
    if (provider === 'postgresql') return;
    expectIndexes(byStage, STATUS_INDEX);
    expectIndexes(byDomain, 'documents_workspace_id_domain_id_idx');
    expectIndexes(all, merged);
    expect(`${byStage.text}${byDomain.text}`.match(/COVERING INDEX/g)).toHaveLength(2);
  });

  it('counts by stage of a domain begin with its documents', async () => {
    const counts = await plan(({ documents }) => documents.countsByStage({ domain: rare }));
    expectIndexes(counts, 'documents_workspace_id_domain_id_idx', 'document_stages_pkey');
  });

  it('runs are listed by their index, of a status and of a tool as well', async () => {
    expectIndexes(await plan(({ runs }) => runs.page()), 'runs_pkey');
    const ofStatus = await plan(({ runs }) => runs.page({ statuses: ['failed'] }));
    expectIndexes(ofStatus);
    expect(ofStatus.indexes).toEqual(expect.arrayContaining([expect.stringMatching(/^runs_/)]));
    const ofTool = await plan(({ runs }) => runs.page({ tool: 'rare.run' }));
    expectIndexes(ofTool);
    expect(ofTool.indexes).toEqual(expect.arrayContaining([expect.stringMatching(/^runs_/)]));
  });

  it('the events of a run are tailed by number', async () => {
    const tail = await plan(({ runs }) => runs.events(seeded.mapRunId, { afterSeq: 2_900 }));
    expectIndexes(tail, 'run_events_pkey');
  });

  it('the next of a frontier are found by their state', async () => {
    const next = await plan(({ frontier }) => frontier.take(seeded.mapRunId, 10));
    expect(next.indexes, next.text).toContain('frontier_workspace_id_run_id_state_depth_position_idx');
    expect(
      next.scans.filter((table) => table === 'frontier'),
      next.text,
    ).toEqual([]);
  });

  it('steps are claimed by the index of those that can be', async () => {
    const claimed = await plan(({ steps }) =>
      steps.claim({ type: 'fetch', limit: 10, workerId: 'worker', leaseMs: 60_000 }),
    );
    expect(claimed.indexes, claimed.text).toContain('steps_claimable_idx');
    expect(
      claimed.scans.filter((table) => table === 'steps'),
      claimed.text,
    ).toEqual([]);
  });

  it('results are paged by run and by document', async () => {
    const ofMap = (call: (results: ReturnType<typeof map.repositories>['results']) => Promise<unknown>) =>
      planOf(seeded.scope, (scope) => call(map.repositories(scope).results));
    const ofFetch = (call: (results: ReturnType<typeof fetch.repositories>['results']) => Promise<unknown>) =>
      planOf(seeded.scope, (scope) => call(fetch.repositories(scope).results));
    const { mapRunId, fetchRunId, documentId } = seeded;
    const { results } = map.repositories(seeded.scope);
    const { next } = await results.ofRun(mapRunId, { limit: 1 });
    if (next === undefined) throw new Error('There is to be a second page.');
    for (const after of [{}, { after: next }]) {
      const mapped = await ofMap((results) => results.ofRun(mapRunId, { limit: 20, ...after }));
      expectIndexes(mapped);
      expect(mapped.indexes, mapped.text).toEqual([expect.stringMatching(/^map_results_/)]);
      const fetched = await ofFetch((results) => results.ofRun(fetchRunId, { limit: 20, ...after }));
      expectIndexes(fetched);
      expect(fetched.indexes, fetched.text).toEqual([expect.stringMatching(/^fetch_results_/)]);
    }
    expectIndexes(await ofMap((results) => results.ofDocument(documentId)), 'map_results_pkey');
    expectIndexes(await ofFetch((results) => results.ofDocument(documentId)), 'fetch_results_pkey');
    expectIndexes(await ofFetch((results) => results.latestOf([documentId])), 'document_stages_pkey', 'documents_pkey');
  });

  it('registering, and setting stages, look rows up by key', async () => {
    const { sourceId, mapRunId, documentId } = seeded;
    const uris = [seededDocument(7).uri, 'https://docs-0.example.com/new.html'];
    const registering = await plan(({ documents }) =>
      documents.register(
        uris.map((uri) => ({ uri })),
        { sourceId, method: 'sitemap', runId: mapRunId },
      ),
    );
    expectIndexes(registering, 'document_uris_pkey', 'documents_pkey');
    const setting = await plan(({ stages }) => stages.set([{ documentId, stage: 'map', status: 'completed' }]));
    expect(setting.scans, setting.text).toEqual([]);
  });

  it('an index that is missing is missed', async () => {
    const dropped = new Error('The index comes back.');
    const test = seeded.scope.transaction(async (scope) => {
      // Whoever works in a workspace owns no index.
      if (provider === 'postgresql') await scope.sql.execute(rawSql('RESET ROLE'));
      await scope.sql.execute(sql`DROP INDEX documents_workspace_id_domain_id_idx`);
      const { indexes } = await planOf(scope, (inner) =>
        createDataRepositories(inner).documents.page({ orderBy: 'domain' }),
      );
      expect(indexes).not.toContain('documents_workspace_id_domain_id_idx');
      throw dropped;
    });
    await expect(test).rejects.toBe(dropped);
  });
});
