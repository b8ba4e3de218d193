import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { discoverAll } from './support/discover-all.ts';
import { type StubAnswer, site, startStubSite } from './support/stub-site.ts';

const urlset = (...urls: readonly string[]): string =>
  `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
const index = (...urls: readonly string[]): string =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;
const xml = (body: string | Uint8Array): StubAnswer => ({ type: 'application/xml', body });
const robots = (text: string): StubAnswer => ({ type: 'text/plain', body: text });

describe('mapping by sitemap', () => {
  test('reads all sitemaps of robots.txt, with nested indexes, gzip and text, each once', async () => {
    const { origin, requests } = await site((o) => ({
      '/': 'home',
      '/robots.txt': robots(`User-agent: *\nDisallow: /maps/\nSitemap: ${o}/maps/index.xml\nSitemap: /maps/list.txt`),
      '/maps/index.xml': xml(index(`${o}/maps/a.xml`, `${o}/maps/inner.xml`, `${o}/maps/index.xml`)),
      '/maps/a.xml': xml(urlset(`${o}/1`, `${o}/2`)),
      '/maps/inner.xml': xml(index('b.xml.gz', `${o}/maps/a.xml`)),
      '/maps/b.xml.gz': { type: 'application/gzip', body: gzipSync(urlset(`${o}/3`, `${o}/1`)) },
      '/maps/list.txt': { type: 'text/plain', body: `${o}/4\n` },
    }));
    const { uris, tally, batches } = await discoverAll({ source: origin, method: 'sitemap' });
    expect(uris).toEqual([`${origin}/1`, `${origin}/2`, `${origin}/3`, `${origin}/4`]);
    expect(tally.isComplete).toBe(true);
    expect(batches[0]?.source).toEqual({ kind: 'site', uri: `${origin}/sitemap.xml` });
    expect(requests.filter((path) => path === '/maps/a.xml')).toHaveLength(1);
    expect(requests).not.toContain('/sitemap.xml');
  });

  test('says where a document was found, and when it was changed', async () => {
    const { origin } = await site((o) => ({
      '/sitemap.xml': xml(`<urlset><url><loc>${o}/1</loc><lastmod>2025-06-02</lastmod></url></urlset>`),
    }));
    const { discoveries } = await discoverAll({ source: origin, method: 'sitemap' });
    expect(discoveries).toEqual([
      { uri: `${origin}/1`, depth: 0, foundAt: `${origin}/sitemap.xml`, modifiedAt: new Date('2025-06-02T00:00:00Z') },
    ]);
  });

  test('reads all sitemaps at the usual addresses where robots.txt names none, and forgives what is none', async () => {
    const { origin } = await site((o) => ({
      '/': 'home',
      '/sitemap.xml': '<!doctype html><html>A page for every address</html>',
      '/sitemap_index.xml': xml(index(`${o}/pages.xml`)),
      '/pages.xml': xml(urlset(`${o}/1`)),
      '/sitemap.txt': { type: 'text/plain', body: `${o}/2` },
    }));
    const { uris, tally } = await discoverAll({ source: `${origin}/docs/`, method: 'sitemap' });
    expect(uris).toEqual([`${origin}/1`, `${origin}/2`]);
    expect(tally.errors).toEqual([]);
  });

  test('reports each named sitemap that cannot be read, and reads the rest', async () => {
    const { origin } = await site((o) => ({
      '/robots.txt': robots(['a', 'b', 'c', 'd'].map((name) => `Sitemap: ${o}/${name}.xml`).join('\n')),
      '/a.xml': '<html>No sitemap</html>',
      '/b.xml': { status: 503 },
      '/d.xml': xml(urlset(`${o}/1`)),
    }));
    const { uris, tally } = await discoverAll({ source: origin, method: 'sitemap' });
    expect(uris).toEqual([`${origin}/1`]);
    expect(tally.errors.map(({ url, code }) => [url, code])).toEqual([
      [`${origin}/a.xml`, 'map.invalid-sitemap'],
      [`${origin}/b.xml`, 'map.http-error'],
      [`${origin}/c.xml`, 'map.http-error'],
    ]);
    expect(tally.isComplete).toBe(false);
  });

  test('ends in indexes that go on for ever', async () => {
    const { origin, requests } = await site((o) => ({
      '/sitemap.xml': xml(index(`${o}/0.xml`)),
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`/${n}.xml`, xml(index(`${o}/${n + 1}.xml`))] as const),
      ),
      '/list.xml': xml(urlset(`${o}/1`)),
      '/robots.txt': robots(`Sitemap: ${o}/sitemap.xml\nSitemap: ${o}/list.xml`),
    }));
    const { uris, tally } = await discoverAll({ source: origin, method: 'sitemap' });
    expect(uris).toEqual([`${origin}/1`]);
    // The root, and five indexes below it.
    expect(requests.filter((path) => /^\/\d+\.xml$/.test(path))).toEqual([
      '/0.xml',
      '/1.xml',
      '/2.xml',
      '/3.xml',
      '/4.xml',
    ]);
    expect(tally.errors.map(({ code }) => code)).toEqual(['map.sitemap-too-deep']);
  });

  test('leaves out other hosts unless they are allowed, and counts them', async () => {
    const { origin } = await site((o) => ({
      '/sitemap.xml': xml(urlset(`${o}/1`, 'https://other.example/2', 'http://[bad', 'mailto:a@b.c')),
    }));
    const own = await discoverAll({ source: origin, method: 'sitemap' });
    expect(own.uris).toEqual([`${origin}/1`]);
    expect(own.tally.skipped).toEqual({ 'other-host': 1, 'invalid-url': 2 });
    const all = await discoverAll({ source: origin, method: 'sitemap', allowExternal: true });
    expect(all.uris).toEqual([`${origin}/1`, 'https://other.example/2']);
  });

  test('takes the host that the address leads to for the site', async () => {
    const target = await site((o) => ({ '/': 'home', '/sitemap.xml': xml(urlset(`${o}/1`)) }));
    const { origin } = await site(() => ({ '/': { status: 301, headers: { location: `${target.origin}/` } } }));
    const { uris } = await discoverAll({ source: origin, method: 'sitemap' });
    expect(uris).toEqual([`${target.origin}/1`]);
  });

  test('reads the sitemap that is given, or that the address itself is', async () => {
    const { origin, requests } = await site((o) => ({
      '/': 'home',
      '/sitemap.xml': xml(urlset(`${o}/1`)),
      '/special': xml(urlset(`${o}/2`)),
    }));
    const named = await discoverAll({ source: origin, sitemap: `${origin}/special` });
    expect([named.uris, named.batches[0]?.source.uri]).toEqual([[`${origin}/2`], `${origin}/special`]);
    const itself = await discoverAll({ source: `${origin}/special` });
    expect([itself.uris, itself.batches[0]?.source.uri]).toEqual([[`${origin}/2`], `${origin}/special`]);
    expect(requests).not.toContain('/sitemap.xml');
  });

  test('says what was tried where nothing is found', async () => {
    const { origin } = await site(() => ({ '/': 'home', '/robots.txt': robots('Sitemap: /gone.xml') }));
    await expect(discoverAll({ source: origin, method: 'sitemap' })).rejects.toMatchObject({
      code: 'map.nothing-found',
      details: {
        source: `${origin}/`,
        tried: expect.arrayContaining([
          `${origin}/gone.xml answered with status 404.`,
          `${origin}/sitemap.xml: no sitemap`,
        ]),
      },
    });
  });

  test('fails with the error of the web where the address cannot be reached', async () => {
    const { origin, close } = await startStubSite();
    await close();
    await expect(discoverAll({ source: origin, method: 'sitemap' })).rejects.toMatchObject({
      code: expect.stringMatching(/^web\./),
    });
  });

  test('stops at once when it is aborted', async () => {
    const stop = new AbortController();
    const { origin } = await site((o) => ({
      '/robots.txt': robots(`Sitemap: ${o}/slow.xml`),
      '/slow.xml': { until: new Promise(() => {}) },
    }));
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 100);
    await expect(discoverAll({ source: origin, method: 'sitemap' }, { signal: stop.signal })).rejects.toBe(reason);
  });
});
