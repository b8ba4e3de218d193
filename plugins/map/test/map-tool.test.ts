import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from '@sheaf/db';
import type { TestSheaf } from '@sheaf/testkit';
import type { WebPlugin } from '@sheaf/web';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MapPlugin } from '../src/index.ts';
import { mapSheaf } from './support/map-sheaf.ts';
import { pageWith, type StubAnswer, type StubSite, startStubSite } from './support/stub-site.ts';

const xml = (...urls: readonly string[]): StubAnswer => ({
  type: 'application/xml',
  body: `<urlset>${urls.map((url) => `<url><loc>${url}</loc><lastmod>2025-06-02</lastmod></url>`).join('')}</urlset>`,
});

describe.each(['sqlite', 'postgresql'] as const)('map on %s', (provider) => {
  let running: TestSheaf<readonly [WebPlugin, MapPlugin]>;
  let site: StubSite;
  const statements: string[] = [];
  const workspace = (slug = 'default') => running.sheaf.workspace(slug);
  const serve = (answers: Readonly<Record<string, StubAnswer | string>>): void => {
    for (const [path, answer] of Object.entries(answers)) {
      site.answers.set(path, typeof answer === 'string' ? { body: answer } : answer);
    }
  };
  const uris = async (): Promise<string[]> => {
    const { items } = await workspace().data.documents.page({ orderBy: 'uri', limit: 1_000 });
    return items.map(({ uri }) => uri.replace(site.origin, ''));
  };

  beforeEach(async () => {
    statements.length = 0;
    [running, site] = await Promise.all([
      mapSheaf(provider, { onStatement: (text) => void statements.push(text) }),
      startStubSite(),
    ]);
  });
  afterEach(async () => {
    await Promise.all([running.close(), site.close()]);
  });

  test('registers documents with their source, stage, result and facet', async () => {
    serve({ '/': 'home', '/sitemap.xml': xml('/1', '/2') });
    const output = await workspace().map.run({ source: site.origin });
    expect(output).toEqual({
      runId: expect.any(String),
      source: `${site.origin}/`,
      method: 'sitemap',
      discovered: 2,
      new: 2,
      known: 0,
      gone: 0,
      filtered: 0,
      skipped: {},
      errors: [],
      errorCount: 0,
      sample: [],
      isComplete: true,
    });
    const runId = output.runId as string;
    const { documents, runs } = workspace().data;
    const document = await documents.find(`${site.origin}/1`);
    expect(document?.stages.map).toMatchObject({ status: 'completed', runId });
    expect(document?.facets.map).toEqual({
      method: 'sitemap',
      depth: 0,
      foundAt: `${site.origin}/sitemap.xml`,
      modifiedAt: new Date('2025-06-02T00:00:00Z'),
      isNew: true,
    });
    expect(await documents.sources(document?.id as string)).toMatchObject([
      {
        sourceUri: `${site.origin}/sitemap.xml`,
        method: 'sitemap',
        foundAt: `${site.origin}/sitemap.xml`,
        goneAt: null,
      },
    ]);
    expect(await runs.find(runId)).toMatchObject({
      tool: 'map.run',
      status: 'completed',
      items: { total: 1, completed: 1 },
    });
  });

  test('tells new documents from known ones, each counted once however often it is listed', async () => {
    serve({
      '/robots.txt': { type: 'text/plain', body: 'Sitemap: /a.xml\nSitemap: /b.xml' },
      '/a.xml': xml('/1', '/2', '/2#part', '/%32'),
      '/b.xml': xml('/2', '/3', '/1'),
    });
    const first = await workspace().map.run({ source: site.origin });
    expect([first.discovered, first.new, first.known]).toEqual([3, 3, 0]);
    serve({ '/b.xml': xml('/3', '/4') });
    const second = await workspace().map.run({ source: site.origin });
    expect([second.discovered, second.new, second.known, second.gone]).toEqual([4, 1, 3, 0]);
    expect(await uris()).toEqual(['/1', '/2', '/3', '/4']);
  });

  test('marks gone what a complete map no longer lists, and brings back what it lists again', async () => {
    serve({ '/sitemap.xml': xml('/1', '/2') });
    await workspace().map.run({ source: site.origin });
    serve({ '/sitemap.xml': xml('/1') });
    expect((await workspace().map.run({ source: site.origin })).gone).toBe(1);
    expect((await workspace().data.documents.find(`${site.origin}/2`))?.goneAt).toBeInstanceOf(Date);
    serve({ '/sitemap.xml': xml('/1', '/2') });
    expect((await workspace().map.run({ source: site.origin })).known).toBe(2);
    expect((await workspace().data.documents.find(`${site.origin}/2`))?.goneAt).toBeNull();
  });

  test.each([
    ['filters', { exclude: ['*/3'] }],
    ['a limit', { limit: 1 }],
    ['a dry run', { dryRun: true }],
  ])('marks nothing gone under %s', async (_, options) => {
    serve({ '/sitemap.xml': xml('/1', '/2', '/3') });
    await workspace().map.run({ source: site.origin });
    serve({ '/sitemap.xml': xml('/1', '/3') });
    expect((await workspace().map.run({ source: site.origin, ...options })).gone).toBe(0);
    expect((await workspace().data.documents.find(`${site.origin}/2`))?.goneAt).toBeNull();
  });

  test('marks nothing gone where a sitemap could not be read, where a crawl alone knew it, and for a feed', async () => {
    serve({
      '/': pageWith('/linked'),
      '/robots.txt': { type: 'text/plain', body: 'Sitemap: /a.xml\nSitemap: /b.xml' },
      '/a.xml': xml('/1'),
      '/b.xml': xml('/2'),
      '/feed.xml': {
        type: 'application/rss+xml',
        body: '<rss><channel><item><link>/news</link></item></channel></rss>',
      },
    });
    await workspace().map.run({ source: site.origin, method: 'crawl' });
    await workspace().map.run({ source: site.origin, method: 'feed' });
    await workspace().map.run({ source: site.origin });
    serve({
      '/b.xml': { status: 404 },
      '/feed.xml': {
        type: 'application/rss+xml',
        body: '<rss><channel><item><link>/newer</link></item></channel></rss>',
      },
    });
    const again = await workspace().map.run({ source: site.origin });
    expect([again.isComplete, again.errorCount, again.gone]).toEqual([false, 1, 0]);
    expect((await workspace().map.run({ source: site.origin, method: 'feed' })).gone).toBe(0);
    serve({ '/b.xml': xml('/2') });
    expect((await workspace().map.run({ source: site.origin })).gone).toBe(0);
    expect(await workspace().data.documents.count({ isGone: true })).toBe(0);
  });

  test('counts the limit after the filters, and distinct documents', async () => {
    serve({ '/sitemap.xml': xml('/skip/1', '/skip/2', '/1', '/1', '/skip/3', '/2', '/3') });
    const output = await workspace().map.run({ source: site.origin, exclude: ['*/skip/*'], limit: 2 });
    expect(output).toMatchObject({ discovered: 2, filtered: 3, isComplete: false });
    expect(await uris()).toEqual(['/1', '/2']);
  });

  test('crawls from a frontier that is gone when the run has ended', async () => {
    serve({ '/': pageWith('/1', '/2'), '/1': pageWith('/3'), '/2': { status: 500 }, '/3': 'page' });
    const output = await workspace().map.run({ source: site.origin, method: 'crawl' });
    expect(output).toMatchObject({ method: 'crawl', discovered: 4, new: 4, errorCount: 1, isComplete: false });
    const { items } = await workspace().map.results.ofRun(output.runId as string);
    expect(items.map(({ documentId: _, ...rest }) => rest.depth).sort()).toEqual([0, 1, 1, 2]);
    expect(await workspace().data.frontier.counts(output.runId as string)).toEqual({
      pending: 0,
      running: 0,
      completed: 0,
      failed: 0,
      skipped: 0,
    });
    const events = await workspace().data.runs.events(output.runId as string);
    expect(events.filter(({ level }) => level === 'warning').map(({ data }) => data)).toEqual([
      { url: `${site.origin}/2`, code: 'map.http-error' },
    ]);
  });

  test('goes on with an interrupted crawl in the same run, without reading a page twice', async () => {
    const hrefs = Array.from({ length: 12 }, (_, index) => `/${index}`);
    serve({ '/': pageWith(...hrefs), ...Object.fromEntries(hrefs.map((path) => [path, pageWith(`${path}/more`)])) });
    const input = { source: site.origin, method: 'crawl' } as const;
    const stop = new AbortController();
    const interrupted = workspace().map.run(input, {
      signal: stop.signal,
      onProgress: ({ done }) => done >= 15 && stop.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'engine.canceled' });
    const [before] = (await workspace().data.runs.page()).items;
    expect(before?.status).toBe('running');
    const visited = await workspace().data.frontier.counts(before?.id as string);
    expect(visited.completed).toBeGreaterThan(1);
    expect(visited.pending + visited.running).toBeGreaterThan(0);

    site.requests.length = 0;
    const output = await workspace().map.run(input);
    expect(output).toMatchObject({ runId: before?.id, discovered: 25, new: 25, known: 0, isComplete: true, gone: 0 });
    // The look at the start, and what had not been visited; the pages below give 404.
    const pages = site.requests.filter((path) => /^\/\d+$/.test(path));
    expect(new Set(pages).size).toBe(pages.length);
    expect(pages.length).toBeLessThan(hrefs.length);
  });

  test.each(['completed', 'failed'] as const)(
    'ends the run of a process that died when its step had %s',
    async (status) => {
      serve({ '/': pageWith('/1'), '/1': 'page' });
      const input = { source: site.origin, method: 'crawl' } as const;
      const before = await workspace().map.run(input);
      // As a process leaves it that dies between the end of the step and the end of the run.
      const { sql: db } = running.sheaf.connection;
      await db.execute(sql`UPDATE runs SET status = 'running', output = NULL, ended_at = NULL`);
      await db.execute(sql`UPDATE steps SET status = ${status}`);
      await db.execute(sql`UPDATE run_items SET status = ${status}`);
      site.requests.length = 0;
      const after = await workspace().map.run(input);
      expect(after).toMatchObject({ runId: before.runId, method: 'crawl', discovered: 2, new: 2 });
      // What failed is done anew.
      expect(site.requests.includes('/1')).toBe(status === 'failed');
      expect((await workspace().data.runs.find(before.runId as string))?.items.total).toBe(status === 'failed' ? 2 : 1);
    },
  );

  test('does not take a page for read whose links are not all written', async () => {
    serve({ '/': pageWith(...Array.from({ length: 1_200 }, (_, index) => `/${index}.pdf`)) });
    const input = { source: site.origin, method: 'crawl' } as const;
    const stop = new AbortController();
    const interrupted = workspace().map.run(input, {
      signal: stop.signal,
      onProgress: ({ done }) => done > 1 && stop.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'engine.canceled' });
    expect(await workspace().data.documents.count()).toBe(501);
    const output = await workspace().map.run(input);
    expect([output.discovered, output.new]).toEqual([1_201, 1_201]);
  });

  test('writes nothing more once another worker has its step', async () => {
    let free = (): void => {};
    const until = new Promise<void>((resolve) => {
      free = resolve;
    });
    serve({ '/': pageWith('/slow'), '/slow': { body: pageWith('/behind'), until } });
    const steal = async (): Promise<void> => {
      // As a worker does that finds the lease over, and then does the work.
      const claimToken = 'of another worker';
      const [step] = await running.sheaf.connection.sql.all<{ readonly id: string }>(
        sql`UPDATE steps SET claim_token = ${claimToken} WHERE type = 'map' RETURNING id`,
      );
      await workspace().data.steps.complete([{ stepId: step?.id as string, claimToken }]);
      free();
    };
    let stealing: Promise<void> | undefined;
    const output = await workspace().map.run(
      { source: site.origin, method: 'crawl' },
      {
        onProgress: ({ done }) => {
          if (done === 2) stealing ??= steal();
        },
      },
    );
    await stealing;
    expect(await uris()).toEqual(['/', '/slow']);
    expect([output.discovered, output.isComplete]).toEqual([2, false]);
  });

  test('writes nothing at all in a dry run, and shows what it would find', async () => {
    serve({ '/': pageWith('/1', '/2', '/skip'), '/1': pageWith('/3'), '/2': 'page', '/3': 'page' });
    await workspace().map.run({ source: site.origin, method: 'crawl', maxPages: 1, include: ['*/1', '*/2'] });
    const before = await workspace().data.runs.page();
    statements.length = 0;
    const output = await workspace().map.run({ source: site.origin, dryRun: true, exclude: ['*/skip'] });
    expect(output).toMatchObject({ runId: null, method: 'crawl', discovered: 4, new: 2, known: 2, filtered: 1 });
    expect([...output.sample].sort()).toEqual(['', '1', '2', '3'].map((path) => `${site.origin}/${path}`));
    expect(await uris()).toEqual(['/1', '/2']);
    expect((await workspace().data.runs.page()).items).toEqual(before.items);
    // The host gate of the web client and the worker's check-in belong to the deployment, not to the map.
    const writes = statements.filter(
      (text) => /^\s*(?:INSERT|UPDATE|DELETE)/i.test(text) && !/host_gates|workers/.test(text),
    );
    expect(writes).toEqual([]);
  });

  test('maps a folder', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'sheaf-map-')));
    try {
      await writeFile(join(root, 'a.md'), '# Title of a');
      await writeFile(join(root, 'b.txt'), 'text');
      const source = pathToFileURL(root).href;
      const output = await workspace().map.run({ source: root });
      expect(output).toMatchObject({ source, method: 'folder', new: 2, isComplete: true });
      expect((await workspace().data.documents.find(`${source}/a.md`))?.title).toBe('Title of a');
      await rm(join(root, 'b.txt'));
      expect((await workspace().map.run({ source: root })).gone).toBe(1);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  test('registers by a constant number of statements for each five hundred documents', async () => {
    const list = (count: number): StubAnswer => xml(...Array.from({ length: count }, (_, index) => `/${index}`));
    serve({ '/sitemap.xml': list(500) });
    await workspace().map.run({ source: site.origin });
    const count = (): number => statements.filter((text) => /map_results|documents|document_|steps/.test(text)).length;
    statements.length = 0;
    serve({ '/sitemap.xml': list(1_000) });
    await workspace().map.run({ source: site.origin });
    const forTwo = count();
    statements.length = 0;
    serve({ '/sitemap.xml': list(2_000) });
    const output = await workspace().map.run({ source: site.origin });
    expect([output.new, output.known]).toEqual([1_000, 1_000]);
    // Four batches instead of two: two more, of some twenty statements each.
    expect(count() - forTwo).toBeLessThan(2 * 25);
  });

  test('fails the run where nothing is found', async () => {
    serve({ '/': { status: 404 } });
    const mapping = workspace().map.run({ source: site.origin, method: 'sitemap' });
    await expect(mapping).rejects.toMatchObject({ code: 'map.nothing-found' });
    const [run] = (await workspace().data.runs.page()).items;
    expect([run?.status, run?.errorCode]).toEqual(['failed', 'map.nothing-found']);
    expect(await workspace().data.sources.list()).toEqual([]);
  });

  test('fails with the error of the web where the source cannot be reached', async () => {
    await site.close();
    await expect(workspace().map.run({ source: site.origin, method: 'feed' })).rejects.toMatchObject({
      code: expect.stringMatching(/^web\./),
    });
    site = await startStubSite();
  });

  test('keeps workspaces apart', async () => {
    await running.sheaf.workspaces.create({ slug: 'other' });
    serve({ '/sitemap.xml': xml('/1') });
    const output = await workspace().map.run({ source: site.origin });
    expect((await workspace('other').map.results.ofRun(output.runId as string)).items).toEqual([]);
    expect((await workspace('other').map.results.counts(output.runId as string)).total).toBe(0);
    expect((await workspace('other').map.run({ source: site.origin })).new).toBe(1);
  });

  test('pages through the results of a run and of a document', async () => {
    serve({ '/sitemap.xml': xml('/1', '/2', '/3') });
    const first = await workspace().map.run({ source: site.origin });
    const second = await workspace().map.run({ source: site.origin });
    const { results } = workspace().map;
    const one = await results.ofRun(first.runId as string, { limit: 2 });
    const two = await results.ofRun(first.runId as string, { limit: 2, after: one.next as string });
    expect([one.items.length, two.items.length, two.next]).toEqual([2, 1, undefined]);
    const ids = [...one.items, ...two.items].map(({ documentId }) => documentId);
    expect(ids).toEqual([...new Set(ids)].sort());
    const id = ids[0] as string;
    const newest = await results.ofDocument(id, { limit: 1 });
    expect([newest.items[0]?.runId, newest.items[0]?.isNew]).toEqual([second.runId, false]);
    const oldest = await results.ofDocument(id, { limit: 1, after: newest.next as string });
    expect([oldest.items[0]?.runId, oldest.items[0]?.isNew, oldest.next]).toEqual([first.runId, true, undefined]);
    expect((await results.latest(id))?.runId).toBe(second.runId);
    await expect(results.ofRun(first.runId as string, { after: 'no cursor' })).rejects.toMatchObject({
      code: 'db.invalid-cursor',
    });
  });

  test('records a document once a run; the first says how it was found', async () => {
    serve({ '/sitemap.xml': xml('/1') });
    const { runId } = await workspace().map.run({ source: site.origin });
    const { results } = workspace().map;
    const [before] = (await results.ofRun(runId as string)).items;
    const again = {
      documentId: before?.documentId as string,
      method: 'crawl',
      depth: 7,
      foundAt: null,
      isNew: false,
    } as const;
    expect(await results.record(runId as string, [again])).toEqual([]);
    expect((await results.ofRun(runId as string)).items).toEqual([before]);
    expect(before).toMatchObject({
      method: 'sitemap',
      depth: 0,
      isNew: true,
      modifiedAt: new Date('2025-06-02T00:00:00Z'),
      meta: null,
    });
  });
});
