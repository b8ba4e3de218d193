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

  it('never requests what robots.txt forbids, nor another host', async () => {
    await mapAndFetch('crawl');
    const paths = site.requests.map(({ host, path }) => `${host}${path}`);
    const denied = expectedDocuments({ methods: ['crawl'] }).filter(
      ({ errorCode }) => errorCode === 'web.robots-denied',
    );
    expect(denied.length).toBeGreaterThan(3);
    for (const { uri } of denied) expect(paths).not.toContain(uri.replace('http://', ''));
  });

  it('sends conditional requests on the second run, and records what is unchanged in one small row', async () => {
    await mapAndFetch('sitemap');
    site.clearRequests();
    await mapAndFetch('sitemap', true);
    const answers = site.requests.filter(({ status }) => status === 304);
    expect(answers.length).toBeGreaterThan(5);
    const { items } = await test.sheaf.workspace('default').data.documents.page({ uris: [`${site.origin}/about`] });
    expect(items[0]).toMatchObject({ version: 1, facets: { fetch: { change: 'unchanged' } } });
  });

  it('changes nothing but the times when everything is done again', async () => {
    await mapAndFetch('crawl');
    const before = await observed([]);
    await mapAndFetch('crawl', true);
    const httpStatus = expect.anything();
    const forms = (records: typeof before) =>
      records.map((record) => (record.fetch === 'completed' ? { ...record, httpStatus } : record));
    expect(await observed([])).toEqual(forms(before));
  });

  it('lists a page of documents with one statement, whatever the plugins', async () => {
    await mapAndFetch('sitemap');
    statements.length = 0;
    const page = await test.sheaf.workspace('default').corpus.docs({ limit: 10 });
    expect(statements).toHaveLength(1);
    expect(page.items).toHaveLength(10);
    expect(page.items.every(({ facets }) => facets.map !== undefined && facets.fetch !== undefined)).toBe(true);
  });
});
