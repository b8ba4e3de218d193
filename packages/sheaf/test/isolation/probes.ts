import type { AnyPlugin } from '@sheaf/core';
import type { DataRepositories } from '@sheaf/db';
import type { FetchPlugin, FetchResult } from '@sheaf/plugin-fetch';
import type { MapPlugin } from '@sheaf/plugin-map';
import { bytesOf, hashOf, type Strangers, sourceUriOf, uriOf } from './tenants.ts';

/** Calls a method the way in which it could reach most of another tenant's: with all that, or with his very ids. */
export type Probe<Repositories> = (repositories: Repositories, strangers: Strangers) => Promise<unknown>;

/** A probe for every method of every repository: one that is missing does not compile. */
export type ProbesOf<Repositories> = {
  readonly [Name in keyof Repositories]: {
    readonly [Method in keyof Repositories[Name]]: Probe<Repositories>;
  };
};

type RepositoriesOf<P extends AnyPlugin> = ReturnType<P['repositories']>;

const EVERYTHING = { graceMs: -1e12 };

const data: ProbesOf<DataRepositories> = {
  documents: {
    register: ({ documents }, { source, run }) =>
      Promise.allSettled([
        documents.register([{ uri: uriOf('a'), title: 'taken over' }], { method: 'cli' }),
        documents.register([{ uri: uriOf('a') }], { method: 'cli', sourceId: source, runId: run }),
      ]),
    recordContent: ({ documents }, { document, run }) =>
      documents.recordContent(
        [{ documentId: document, bytesHash: hashOf('b'), textHash: 'x', mimeType: 'x', size: 1, title: 'x' }],
        { runId: run },
      ),
    markGone: ({ documents }, { document, run }) => documents.markGone([document], { runId: run }),
    unite: ({ documents }, { document }) =>
      documents.unite([{ documentId: document, canonicalUri: uriOf('b'), aliases: [uriOf('a')], kind: 'redirect' }]),
    restore: ({ documents }, { document, run }) => documents.restore(document, 1, { runId: run }),
    delete: ({ documents }, { document, source }) =>
      documents.delete([document, uriOf('a')], { sourceId: source }).then(
        () => documents.delete([uriOf('b')]),
        () => documents.delete([document]),
      ),
    find: ({ documents }, { document }) => Promise.all([document, uriOf('a')].map((key) => documents.find(key))),
    page: ({ documents }, { document, source, run }) =>
      Promise.all([
        documents.page(),
        documents.page({ ids: [document] }),
        documents.page({ uris: [uriOf('a')] }),
        documents.page({ sourceId: source }),
        documents.page({ foundByRun: run }),
        documents.page({ stage: { stage: 'fetch', statuses: ['pending', 'completed'] } }),
        documents.page({ domain: 'same.example', uriContains: 'same', include: ['*'], orderBy: 'title' }),
      ]),
    identities: ({ documents }, { document }) =>
      Promise.all([documents.identities(), documents.identities({ ids: [document] })]),
    count: ({ documents }, { document, source }) =>
      Promise.all([
        documents.count(),
        documents.count({ ids: [document] }),
        documents.count({ sourceId: source }),
        documents.count({ stage: { stage: 'fetch', statuses: ['pending'] } }),
        documents.count({ domain: 'same.example' }),
      ]),
    countsByStage: ({ documents }, { source }) =>
      Promise.all([documents.countsByStage(), documents.countsByStage({ sourceId: source })]),
    countsByDomain: ({ documents }) => documents.countsByDomain(),
    uris: ({ documents }, { document }) => documents.uris(document),
    sources: ({ documents }, { document }) => documents.sources(document),
    versions: ({ documents }, { document }) => documents.versions(document),
  },
  stages: {
    set: ({ stages }, { document, run }) =>
      stages.set([{ documentId: document, stage: 'fetch', status: 'failed', runId: run }]),
    backfill: ({ stages }) => stages.backfill(),
  },
  sources: {
    ensure: ({ sources }) => sources.ensure({ kind: 'site', uri: sourceUriOf('a'), name: 'taken over' }),
    list: ({ sources }) => sources.list(),
    find: ({ sources }) => sources.find('site', sourceUriOf('a')),
    closeMap: ({ sources }, { source, run }) => sources.closeMap({ sourceId: source, runId: run }),
    delete: ({ sources }, { source }) => sources.delete(source),
  },
  contents: {
    stage: ({ contents }) => contents.stage(bytesOf('a')),
    record: async ({ contents }) => contents.record([await contents.stage(bytesOf('a'))]),
    read: ({ contents }) => contents.read(hashOf('a')),
    prune: ({ contents }) => contents.prune({ ...EVERYTHING, isDryRun: true }),
  },
  artifacts: {
    record: ({ artifacts }, { run }) =>
      artifacts.record([
        { inputHash: hashOf('a'), kind: 'markdown', configHash: 'config', contentHash: hashOf('b'), runId: run },
      ]),
    find: ({ artifacts }) => artifacts.find({ inputHash: hashOf('a'), kind: 'markdown', configHash: 'config' }),
    ofInput: ({ artifacts }) => artifacts.ofInput(hashOf('a')),
  },
  batches: {
    start: ({ batches }, { source }) => batches.start({ sourceId: source }),
    end: ({ batches }, { batch }) => batches.end(batch),
    find: ({ batches }, { batch }) => batches.find(batch),
  },
  runs: {
    open: ({ runs }, { batch }) =>
      Promise.allSettled(
        [{}, { batchId: batch }].map((more) =>
          runs.open({
            tool: 'fetch.run',
            input: {},
            inputDigest: 'digest',
            workerId: 'thief',
            leaseMs: 60_000,
            resume: true,
            ...more,
          }),
        ),
      ),
    renew: ({ runs }, { run }) => runs.renew(run, 'worker', 60_000),
    release: ({ runs }, { run }) => runs.release(run, 'worker'),
    finish: ({ runs }, { run }) => runs.finish({ runId: run, status: 'failed' }),
    cancel: ({ runs }, { run }) => runs.cancel(run, 'stolen'),
    delete: ({ runs }, { endedRun }) => runs.delete(endedRun),
    prune: ({ runs }) => Promise.all([runs.prune({ olderThanMs: 0 }), runs.prune({ keep: 0 })]),
    find: ({ runs }, { run }) => runs.find(run),
    page: ({ runs }) => Promise.all([runs.page(), runs.page({ tool: 'fetch.run', statuses: ['running'] })]),
    addEvents: ({ runs }, { run }) => runs.addEvents(run, [{ level: 'info', message: 'forged' }]),
    events: ({ runs }, { run }) => runs.events(run),
  },
  steps: {
    plan: ({ steps }, { run, document }) =>
      steps.plan({ runId: run, type: 'fetch', steps: [{ documentId: document }, { unit: 'unit' }] }),
    claim: ({ steps }, { run }) =>
      Promise.all([
        steps.claim({ type: 'fetch', workerId: 'thief', limit: 99, leaseMs: 60_000 }),
        steps.claim({ type: 'fetch', workerId: 'thief', limit: 99, leaseMs: 60_000, runId: run }),
      ]),
    renew: ({ steps }, { claim }) => steps.renew([claim], 60_000),
    hold: ({ steps }, { claim }) => steps.hold([claim]),
    complete: ({ steps }, { claim }) => steps.complete([claim]),
    fail: ({ steps }, { claim }) => steps.fail([{ ...claim, errorCode: 'x', errorMessage: 'x' }]),
    release: ({ steps }, { claim }) => steps.release([claim]),
    sweep: ({ steps }) => steps.sweep('fetch'),
    // Whether and how many; when, differs from moment to moment.
    open: async ({ steps }, { run }) =>
      (await Promise.all([steps.open({ type: 'fetch' }), steps.open({ type: 'fetch', runIds: [run] })])).map(
        ({ open, running }) => ({ open, running }),
      ),
  },
  frontier: {
    add: ({ frontier }, { run }) => frontier.add(run, [{ uri: uriOf('c'), depth: 0, foundAt: null }]),
    take: ({ frontier }, { run }) => frontier.take(run, 99),
    settle: ({ frontier }, { run }) => frontier.settle(run, [{ uri: uriOf('a'), state: 'completed' }]),
    reopen: ({ frontier }, { run }) => frontier.reopen(run),
    counts: ({ frontier }, { run }) => frontier.counts(run),
    clear: ({ frontier }, { run }) => frontier.clear(run),
  },
};

const map: ProbesOf<RepositoriesOf<MapPlugin>> = {
  results: {
    record: ({ results }, { run, document }) =>
      results.record(run, [{ documentId: document, method: 'sitemap', depth: 0, foundAt: null, isNew: true }]),
    counts: ({ results }, { run }) => results.counts(run),
    ofRun: ({ results }, { run }) => results.ofRun(run),
    ofDocument: ({ results }, { document }) => results.ofDocument(document),
    latest: ({ results }, { document }) => results.latest(document),
  },
};

const stolen = ({ document, run }: Strangers): FetchResult => ({
  documentId: document,
  runId: run,
  status: 'completed',
  change: 'updated',
  httpStatus: 200,
  finalUri: null,
  canonicalUri: null,
  redirects: null,
  mimeType: null,
  charset: null,
  language: null,
  title: 'stolen',
  bytesHash: hashOf('a'),
  textHash: null,
  contentLength: null,
  textLength: null,
  etag: null,
  lastModified: null,
  metadata: null,
  attempt: 1,
  durationMs: null,
  errorCode: null,
  errorMessage: null,
  fetchedAt: new Date(0),
});

const fetch: ProbesOf<RepositoriesOf<FetchPlugin>> = {
  results: {
    record: ({ results }, strangers) => results.record([stolen(strangers)]),
    latestOf: ({ results }, { document }) => results.latestOf([document]),
    recordedIn: ({ results }, { run, document }) => results.recordedIn(run, [document]),
    tally: ({ results }, { run }) => results.tally(run),
    ofRun: ({ results }, { run }) => results.ofRun(run),
    ofDocument: ({ results }, { document }) => results.ofDocument(document),
  },
};

/** By plugin, repository and method, as the test meets them at run time. */
export const PROBES = { data, map, fetch } as unknown as Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Probe<unknown>>>>>>
>;
