import { describe, expect, test } from 'vitest';
import { discoverAll } from './support/discover-all.ts';
import { type StubAnswer, site } from './support/stub-site.ts';

const rss = (...links: readonly string[]): StubAnswer => ({
  type: 'application/rss+xml',
  body: `<rss version="2.0"><channel><title>t</title>${links.map((link) => `<item><title>Item</title><link>${link}</link></item>`).join('')}</channel></rss>`,
});

describe('mapping by feed', () => {
  test('reads all feeds that a page names, each as a source of its own', async () => {
    const { origin } = await site({
      '/': '<!doctype html><link rel="alternate" type="application/rss+xml" href="/news.xml"><link rel="alternate" type="application/atom+xml" href="/gone.xml"><link rel="alternate" type="application/rss+xml" href="/blog.xml">',
      '/news.xml': rss('/1', '/2'),
      '/blog.xml': rss('/2', '/3'),
    });
    const { batches, uris, tally, discoveries } = await discoverAll({ source: origin, method: 'feed' });
    expect(batches.map(({ method, source }) => [method, source])).toEqual([
      ['feed', { kind: 'feed', uri: `${origin}/news.xml` }],
      ['feed', { kind: 'feed', uri: `${origin}/blog.xml` }],
    ]);
    expect(uris).toEqual([`${origin}/1`, `${origin}/2`, `${origin}/3`]);
    expect(discoveries[0]).toEqual({ uri: `${origin}/1`, depth: 0, foundAt: `${origin}/news.xml`, title: 'Item' });
    expect(tally.errors.map(({ url, code }) => [url, code])).toEqual([[`${origin}/gone.xml`, 'map.http-error']]);
  });

  test('tries the usual addresses where the page names none', async () => {
    const { origin } = await site({ '/blog': '<!doctype html>', '/feed': 'A page', '/rss.xml': rss('/1') });
    const { uris, tally } = await discoverAll({ source: `${origin}/blog`, method: 'feed' });
    expect([uris, tally.errorCount]).toEqual([[`${origin}/1`], 0]);
  });

  test('is chosen for an address that is a feed', async () => {
    const { origin } = await site({ '/feed': { ...rss('/1'), type: 'text/html' } });
    const { batches } = await discoverAll({ source: `${origin}/feed` });
    expect(batches[0]?.method).toBe('feed');
  });

  test('takes the host of the site that the feed belongs to for its own, and no others', async () => {
    const { origin } = await site({
      '/feed': {
        type: 'application/rss+xml',
        body: `<rss version="2.0"><channel><title>t</title><link>https://site.example/</link>
          <item><link>https://site.example/1</link></item><item><link>https://else.example/2</link></item></channel></rss>`,
      },
    });
    const { uris, tally } = await discoverAll({ source: `${origin}/feed`, method: 'feed' });
    expect([uris, tally.skipped]).toEqual([['https://site.example/1'], { 'other-host': 1 }]);
  });

  test('says what was tried where nothing is found', async () => {
    const { origin } = await site({ '/': '<!doctype html>', '/feed.xml': rss('https://else.example/1') });
    await expect(discoverAll({ source: origin, method: 'feed' })).rejects.toMatchObject({
      code: 'map.nothing-found',
      details: {
        tried: [`${origin}/feed: no feed`, `${origin}/feed.xml: 1 entries`, '1 addresses on other hosts, left out'],
      },
    });
  });

  test('refuses what is neither a page nor a feed', async () => {
    const { origin } = await site({ '/x': { type: 'application/pdf', body: '%PDF-1.7' } });
    await expect(discoverAll({ source: `${origin}/x`, method: 'feed' })).rejects.toMatchObject({
      code: 'map.invalid-feed',
    });
  });
});

describe('choosing a method', () => {
  test('takes sitemaps before a crawl, and a crawl where they list nothing', async () => {
    const listed = await site({
      '/': '<a href="/linked">x</a>',
      '/sitemap.xml': { type: 'application/xml', body: '<urlset><url><loc>/listed</loc></url></urlset>' },
    });
    const bySitemap = await discoverAll({ source: listed.origin });
    expect([bySitemap.batches[0]?.method, bySitemap.uris]).toEqual(['sitemap', [`${listed.origin}/listed`]]);
    const bare = await site({ '/': '<a href="/linked">x</a>', '/linked': 'page' });
    const byCrawl = await discoverAll({ source: bare.origin });
    expect([byCrawl.batches[0]?.method, byCrawl.uris]).toEqual(['crawl', [`${bare.origin}/`, `${bare.origin}/linked`]]);
  });

  test('does not map web addresses as folders', async () => {
    await expect(discoverAll({ source: 'https://example.com', method: 'folder' })).rejects.toMatchObject({
      code: 'map.method-mismatch',
    });
  });
});
