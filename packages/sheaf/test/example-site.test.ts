import { clients } from '@sheaf/client';
import { type DiscoveryMethod, type ExampleSite, expectedDocuments, startExampleSite } from '@sheaf/example-site';
import { createTestSheaf, type TestSheaf } from '@sheaf/testkit';
import { type FirstPartyPlugins, firstPartyPlugins } from 'sheaf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observedDocuments } from './observed-documents.ts';

const METHODS: readonly DiscoveryMethod[] = ['sitemap', 'crawl', 'feed'];

let site: ExampleSite;
beforeEach(async () => {
  site = await startExampleSite({ scenario: 'initial', slowMs: 50 });
});
afterEach(() => site.close());

describe.each(['sqlite', 'postgresql'] as const)('the example site on %s', (provider) => {
  let test: TestSheaf<FirstPartyPlugins>;
  const statements: string[] = [];
  beforeEach(async () => {
    const plugins = firstPartyPlugins({
      web: { connectTo: site.connectTo, minDelayMs: 0 },
      fetch: { maxAttempts: 2, retry: { baseMs: 5, maxMs: 10 } },
    });
    test = await createTestSheaf({ provider, clients, plugins, onStatement: (text) => void statements.push(text) });
  });
  afterEach(() => test.close());

  const mapAndFetch = async (method: DiscoveryMethod, isAgain = false): Promise<void> => {
    const workspace = test.sheaf.workspace('default');
    await workspace.map.run({ source: `${site.origin}/`, method });
    await workspace.fetch.run(isAgain ? { refetch: true, retryFailed: true } : {});
  };
  const observed = (expected: ReturnType<typeof expectedDocuments>) =>
    observedDocuments(test.sheaf.workspace('default').data, expected);

  it.each(METHODS)('becomes the documents of its expected table, by %s', async (method) => {
    await mapAndFetch(method);
    const expected = expectedDocuments({ methods: [method] });
    expect(await observed(expected)).toEqual(expected);
    // What robots.txt forbids is recorded, and never requested.
    const requested = site.requests.map(({ host, path }) => `http://${host}${path}`);
    const denied = expected.filter(({ errorCode }) => errorCode === 'web.robots-denied').map(({ uri }) => uri);
    expect(denied.length).toBe({ sitemap: 1, crawl: 5, feed: 0 }[method]);
    expect(requested.filter((uri) => denied.includes(uri))).toEqual([]);
  });

  it.each(METHODS)('shows on the second run just what changed, by %s', async (method) => {
    await mapAndFetch(method);
    site.setScenario('second');
    await mapAndFetch(method, true);
    const expected = expectedDocuments({ methods: [method], secondRun: 'second' });
    expect(await observed(expected)).toEqual(expected);
  });

  it('makes no version of pages whose nonce alone changed', async () => {
    await mapAndFetch('crawl');
    site.setScenario('nonce');
    await mapAndFetch('crawl', true);
    const expected = expectedDocuments({ methods: ['crawl'], secondRun: 'nonce' });
    expect(await observed(expected)).toEqual(expected);
  });

  it('sends conditional requests on the second run, and records what is unchanged in one small row', async () => {
    await mapAndFetch('feed');
    site.clearRequests();
    await mapAndFetch('feed', true);
    const [unchanged] = site.requests.filter(({ status }) => status === 304);
    const { documents } = test.sheaf.workspace('default').data;
    expect(await documents.find(`${site.origin}${unchanged?.path}`)).toMatchObject({
      version: 1,
      facets: { fetch: { change: 'unchanged' } },
    });
  });

  it('changes nothing but the times when everything is done again', async () => {
    await mapAndFetch('sitemap');
    const before = await observed([]);
    await mapAndFetch('sitemap', true);
    const httpStatus = expect.anything();
    const forms = (records: typeof before) =>
      records.map((record) => (record.fetch === 'completed' ? { ...record, httpStatus } : record));
    expect(await observed([])).toEqual(forms(before));
  });

  it('lists a page of documents with one statement, whatever the plugins', async () => {
    await mapAndFetch('feed');
    statements.length = 0;
    const page = await test.sheaf.workspace('default').corpus.docs({ limit: 3 });
    expect(statements).toHaveLength(1);
    expect(page.items).toHaveLength(3);
    expect(page.items.every(({ facets }) => facets.map !== undefined && facets.fetch !== undefined)).toBe(true);
  });
});
