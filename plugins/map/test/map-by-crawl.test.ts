import { describe, expect, test, vi } from 'vitest';
import { createMemoryFrontier } from '../src/methods/crawl/memory-frontier.ts';
import { createTally } from '../src/tally.ts';
import { discoverAll } from './support/discover-all.ts';
import { pageWith, type StubSite, site } from './support/stub-site.ts';

const paths = (origin: string, uris: readonly string[]): string[] => uris.map((uri) => uri.replace(origin, '')).sort();
/** Requests of pages: the look at the start and robots.txt come before them. */
const visits = ({ requests }: StubSite): string[] => requests.filter((path) => path !== '/robots.txt').slice(1);

describe('mapping by crawl', () => {
  test('finds each page once, by the shortest way, in whatever spelling', async () => {
    let free = (): void => {};
    const slow = new Promise<void>((resolve) => {
      free = resolve;
    });
    setTimeout(() => free(), 150);
    const stub = await site({
      '/': pageWith('/quick', '/slow', '#here', '/'),
      '/quick': pageWith('/deep', '/deep#part', '/a/../deep'),
      '/deep': pageWith('/target', '/'),
      '/slow': { body: pageWith('/target'), until: slow },
      '/target': pageWith('/last'),
    });
    const { origin } = stub;
    const { discoveries, tally } = await discoverAll({ source: origin, method: 'crawl' });
    expect(Object.fromEntries(discoveries.map(({ uri, depth }) => [uri.replace(origin, ''), depth]))).toEqual({
      '/': 0,
      '/quick': 1,
      '/slow': 1,
      '/deep': 2,
      // From /slow, although the way over /deep is done first.
      '/target': 2,
      '/last': 3,
    });
    expect(discoveries.find(({ uri }) => uri === `${origin}/quick`)?.foundAt).toBe(`${origin}/`);
    expect(visits(stub).sort()).toEqual(['/', '/deep', '/last', '/quick', '/slow', '/target']);
    expect([tally.isComplete, tally.skipped]).toEqual([true, { 'not-found': 1 }]);
  });

  test('registers what is at the greatest depth without reading it', async () => {
    const stub = await site({ '/': pageWith('/1'), '/1': pageWith('/2'), '/2': pageWith('/3'), '/3': 'end' });
    const cut = await discoverAll({ source: stub.origin, method: 'crawl', maxDepth: 2 });
    expect(paths(stub.origin, cut.uris)).toEqual(['/', '/1', '/2']);
    expect(visits(stub)).toEqual(['/', '/1']);
    expect(cut.tally.isComplete).toBe(false);
    const whole = await discoverAll({ source: stub.origin, method: 'crawl', maxDepth: 4 });
    expect(whole.tally.isComplete).toBe(true);
  });

  test('requests no more pages than it may', async () => {
    const stub = await site({
      '/': pageWith('/1', '/2', '/3', '/4', '/5'),
      ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`/${n}`, 'page'])),
    });
    const { uris, tally } = await discoverAll({ source: stub.origin, method: 'crawl', maxPages: 3 });
    expect(visits(stub)).toHaveLength(3);
    expect(uris).toHaveLength(6);
    expect(tally.isComplete).toBe(false);
  });

  test('does not leave the host, and registers other hosts only if asked to', async () => {
    const other = await site({ '/': 'other' });
    const stub = await site({ '/': pageWith('/1', `${other.origin}/`), '/1': 'page' });
    const own = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect([paths(stub.origin, own.uris), own.tally.skipped]).toEqual([['/', '/1'], { 'other-host': 1 }]);
    const all = await discoverAll({ source: stub.origin, method: 'crawl', allowExternal: true });
    expect(all.uris).toContain(`${other.origin}/`);
    expect(other.requests).toEqual([]);
  });

  test('counts the end of a redirect as visited, and reads nothing behind one that leaves the host', async () => {
    const other = await site({ '/': pageWith('/foreign') });
    const stub = await site({
      '/': pageWith('/old', '/away'),
      '/old': { status: 301, headers: { location: '/new' } },
      '/new': pageWith('/behind', '/new'),
      '/behind': 'page',
      '/away': { status: 302, headers: { location: `${other.origin}/` } },
    });
    const { discoveries, tally } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(
      paths(
        stub.origin,
        discoveries.map(({ uri }) => uri),
      ),
    ).toEqual(['/', '/away', '/behind', '/new', '/old']);
    expect(discoveries.find(({ uri }) => uri === `${stub.origin}/new`)).toEqual({
      uri: `${stub.origin}/new`,
      depth: 1,
      foundAt: `${stub.origin}/old`,
    });
    expect(visits(stub).filter((path) => path === '/new')).toHaveLength(1);
    expect(tally.isComplete).toBe(true);
  });

  test('goes where the start leads', async () => {
    const target = await site({ '/home': pageWith('/1'), '/1': 'page' });
    const stub = await site({ '/': { status: 301, headers: { location: `${target.origin}/home` } } });
    const { uris } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(uris).toEqual([`${stub.origin}/`, `${target.origin}/home`, `${target.origin}/1`]);
  });

  test('registers what robots.txt forbids and does not ask for it', async () => {
    const stub = await site({
      '/robots.txt': { type: 'text/plain', body: 'User-agent: *\nDisallow: /private' },
      '/': pageWith('/private/1', '/open'),
      '/open': 'page',
    });
    const { uris, tally } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(paths(stub.origin, uris)).toEqual(['/', '/open', '/private/1']);
    expect(stub.requests).not.toContain('/private/1');
    expect([tally.skipped, tally.isComplete]).toEqual([{ 'robots-denied': 1 }, true]);
  });

  test('registers files and does not ask those for links that bear the name of one', async () => {
    const stub = await site({
      '/': pageWith('/a.pdf', '/download'),
      '/download': { type: 'application/octet-stream', body: '<a href="/not-a-link">' },
    });
    const { uris } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(paths(stub.origin, uris)).toEqual(['/', '/a.pdf', '/download']);
    expect(visits(stub)).toEqual(['/', '/download']);
  });

  test('reads pages that pass the filter, and the start', async () => {
    const stub = await site({
      '/': pageWith('/docs/1', '/blog/1'),
      '/docs/1': pageWith('/docs/2', '/docs/old/1'),
      '/docs/2': 'page',
      '/docs/old/1': pageWith('/docs/3'),
      '/blog/1': pageWith('/docs/4'),
    });
    await discoverAll({ source: stub.origin, method: 'crawl', include: ['*/docs/*'], exclude: ['*/old/*'] });
    expect(visits(stub).sort()).toEqual(['/', '/docs/1', '/docs/2']);
  });

  test('keeps what nofollow says, and follows all the same', async () => {
    const stub = await site({ '/': '<a rel="nofollow" href="/1">1</a>', '/1': pageWith('/2'), '/2': 'page' });
    const { discoveries } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(discoveries.map(({ uri, meta }) => [uri.replace(stub.origin, ''), meta])).toEqual([
      ['/', undefined],
      ['/1', { nofollow: true }],
      ['/2', undefined],
    ]);
  });

  test('goes on after a page that fails, and is not complete then', async () => {
    const stub = await site({
      '/': pageWith('/broken', '/1'),
      '/broken': { status: 500 },
      '/1': pageWith('/2'),
      '/2': 'page',
    });
    const { uris, tally } = await discoverAll({ source: stub.origin, method: 'crawl' });
    expect(paths(stub.origin, uris)).toEqual(['/', '/1', '/2', '/broken']);
    expect(tally.errors.map(({ url, code }) => [url, code])).toEqual([[`${stub.origin}/broken`, 'map.http-error']]);
    expect(tally.isComplete).toBe(false);
  });

  test('fails where the start cannot be read', async () => {
    const stub = await site({});
    await expect(discoverAll({ source: stub.origin, method: 'crawl' })).rejects.toMatchObject({
      code: 'map.http-error',
      details: { url: `${stub.origin}/`, status: 404 },
    });
  });

  test('requests no more pages at once than it may', async () => {
    const hrefs = Array.from({ length: 12 }, (_, n) => `/${n}`);
    const { promise: answer, resolve: release } = Promise.withResolvers<void>();
    const stub = await site({
      '/': pageWith(...hrefs),
      ...Object.fromEntries(hrefs.map((path) => [path, { body: 'page', until: answer }])),
    });
    const discovering = discoverAll({ source: stub.origin, method: 'crawl' }, { concurrency: 3 });
    await vi.waitUntil(() => stub.peak >= 3, { timeout: 20_000 });
    // Time for one too many.
    await new Promise((resolve) => setTimeout(resolve, 100));
    release();
    await discovering;
    expect(stub.peak).toBe(3);
  });

  test('goes on where it was interrupted, without reading a page twice', async () => {
    const hrefs = Array.from({ length: 8 }, (_, n) => `/${n}`);
    const stub = await site({
      '/': pageWith(...hrefs),
      ...Object.fromEntries(hrefs.map((path) => [path, pageWith(`${path}/more`)])),
    });
    const frontier = createMemoryFrontier(1_000);
    const stop = new AbortController();
    const settle = frontier.settle.bind(frontier);
    let settled = 0;
    const interrupting = {
      ...frontier,
      settle: async (...given: Parameters<typeof settle>) => {
        await settle(...given);
        settled += given[1].length;
        if (settled >= 4) stop.abort(new Error('interrupted'));
      },
    };
    const before = await discoverAll(
      { source: stub.origin, method: 'crawl' },
      { frontier: interrupting, signal: stop.signal, concurrency: 1 },
    ).then(
      () => 'finished',
      (error: Error) => error.message,
    );
    expect(before).toBe('interrupted');
    const done = visits(stub);
    expect(done).toEqual(['/', '/0', '/1', '/2']);
    stub.requests.length = 0;
    // The way that is chosen is the one that was interrupted.
    const { tally, batches } = await discoverAll({ source: stub.origin, method: 'auto' }, { frontier });
    expect(batches.map(({ method }) => method)).not.toContain('sitemap');
    expect(visits(stub).filter((path) => done.includes(path))).toEqual([]);
    expect(
      visits(stub)
        .filter((path) => /^\/\d$/.test(path))
        .sort(),
    ).toEqual(['/3', '/4', '/5', '/6', '/7']);
    expect(tally.isComplete).toBe(true);
  });

  test('remembers that a page failed before it was interrupted', async () => {
    const stub = await site({ '/': pageWith('/1'), '/1': 'page' });
    const frontier = createMemoryFrontier(10);
    await frontier.add('run', [{ uri: `${stub.origin}/failed`, depth: 1, foundAt: null }]);
    await frontier.settle('run', [{ uri: `${stub.origin}/failed`, state: 'failed' }]);
    const { tally } = await discoverAll({ source: stub.origin, method: 'crawl' }, { frontier, tally: createTally() });
    expect(tally.isComplete).toBe(false);
  });
});

describe('the frontier in memory', () => {
  const entry = (uri: string, depth: number) => ({ uri, depth, foundAt: null });

  test('gives the nearest first, in the order of discovery, each once', async () => {
    const frontier = createMemoryFrontier(10);
    expect(await frontier.add('run', [entry('c', 2), entry('a', 1), entry('b', 1)])).toBe(3);
    expect(await frontier.add('run', [entry('a', 1)])).toBe(0);
    expect((await frontier.take('run', 2)).map(({ uri }) => uri)).toEqual(['a', 'b']);
    expect((await frontier.take('run', 2)).map(({ uri }) => uri)).toEqual(['c']);
    expect(await frontier.take('run', 2)).toEqual([]);
    await frontier.settle('run', [{ uri: 'a', state: 'completed' }]);
    expect(await frontier.reopen('run')).toBe(2);
    expect(await frontier.counts('run')).toEqual({ pending: 2, running: 0, completed: 1, failed: 0, skipped: 0 });
  });

  test('counts as pending what it has no room for', async () => {
    const frontier = createMemoryFrontier(1);
    await frontier.add('run', [entry('a', 0), entry('b', 1)]);
    await frontier.settle('run', [{ uri: 'a', state: 'completed' }]);
    expect(await frontier.take('run', 5)).toEqual([]);
    expect((await frontier.counts('run')).pending).toBe(1);
  });
});
