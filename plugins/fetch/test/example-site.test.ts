import {
  type ExampleSite,
  type ExpectedRecord,
  expectedDocuments,
  type ScenarioName,
  startExampleSite,
} from '@sheaf/example-site';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FetchSheaf, fetchSheaf } from './support/fetch-sheaf.ts';

describe.each(['sqlite', 'postgresql'] as const)('the example site on %s', (provider) => {
  let site: ExampleSite;
  let running: FetchSheaf;
  const workspace = () => running.sheaf.workspace('default');

  beforeEach(async () => {
    site = await startExampleSite({ slowMs: 20 });
    running = await fetchSheaf(provider, {
      web: { connectTo: site.connectTo, minDelayMs: 0 },
      // Each 429 closes the whole host for a second.
      fetch: { maxAttempts: 1 },
    });
  });
  afterEach(async () => {
    await running.close();
    await site.close();
  });

  /** Registers what a map would find, aliases as addresses of their own. */
  async function discover(expected: readonly ExpectedRecord[]): Promise<void> {
    const uris = expected.flatMap(({ uri, aliases }) => [...aliases, uri]);
    await workspace().data.documents.register(
      uris.map((uri) => ({ uri })),
      { method: 'crawl' },
    );
  }

  /** What is stored, in the words of the expected table. */
  async function recorded(expected: readonly ExpectedRecord[]): Promise<unknown[]> {
    const { data } = workspace();
    const { items } = await data.documents.page({ limit: 1_000 });
    const rows = items.map(async (document) => {
      const want = expected.find(({ uri }) => uri === document.uri);
      const stage = document.stages.fetch;
      const facet = document.facets.fetch ?? {};
      const [uris, versions] = await Promise.all([
        data.documents.uris(document.id),
        data.documents.versions(document.id),
      ]);
      const text = document.textHash
        ? new TextDecoder().decode(await data.contents.read(document.textHash)).replaceAll(/\s+/g, ' ')
        : '';
      return {
        uri: document.uri,
        aliases: uris
          .filter(({ kind }) => kind !== 'canonical')
          .map(({ uri }) => uri)
          .sort(),
        fetch: stage?.status,
        errorCode: stage?.errorCode ?? undefined,
        httpStatus: prescribed(want?.httpStatus, facet.httpStatus),
        mimeType: prescribed(want?.mimeType, document.mimeType),
        charset: prescribed(want?.charset, facet.charset),
        title: prescribed(want?.title, document.title),
        versions: versions.items.filter(({ action }) => action !== 'deleted').length,
        isGone: document.goneAt !== null,
        missing: (want?.textIncludes ?? []).filter((phrase) => !text.includes(phrase)),
        unwanted: (want?.textExcludes ?? []).filter((phrase) => text.includes(phrase)),
      };
    });
    return (await Promise.all(rows)).sort((left, right) => (left.uri < right.uri ? -1 : 1));
  }

  function wanted(expected: readonly ExpectedRecord[]): unknown[] {
    return expected.map((row) => ({
      uri: row.uri,
      aliases: row.aliases,
      fetch: row.fetch,
      errorCode: row.errorCode,
      httpStatus: row.httpStatus,
      mimeType: row.mimeType,
      charset: row.charset,
      title: row.title,
      versions: row.versions,
      isGone: row.isGone,
      missing: [],
      unwanted: [],
    }));
  }

  test('the first run records what the definition of the site says', async () => {
    const expected = expectedDocuments();
    await discover(expected);
    const output = await workspace().fetch.run({ concurrency: 8 });
    expect(await recorded(expected)).toEqual(wanted(expected));
    const count = (status: ExpectedRecord['fetch']) => expected.filter(({ fetch }) => fetch === status).length;
    const aliases = expected.flatMap((row) => row.aliases).length;
    expect(output).toMatchObject({
      planned: expected.length + aliases,
      completed: count('completed'),
      failed: count('failed'),
      skipped: count('skipped') + aliases,
      unfinished: 0,
      changes: { created: count('completed'), updated: 0, unchanged: 0, restored: 0 },
    });
  });

  test.each<ScenarioName>(['nonce', 'second'])(
    'a second run records what the scenario %s has changed',
    async (scenario) => {
      await discover(expectedDocuments());
      await workspace().fetch.run({});
      site.setScenario(scenario);
      const expected = expectedDocuments({ secondRun: scenario });
      await workspace().fetch.run({ refetch: true });
      expect(await recorded(expected)).toEqual(wanted(expected));
    },
  );
});

/** What the table does not prescribe may be anything. */
function prescribed(wanted: unknown, found: unknown): unknown {
  return wanted === undefined ? undefined : found;
}
