import { gunzipSync } from 'node:zlib';
import { type ExampleSite, startExampleSite } from '@sheaf/example-site';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { request } from './support/request.ts';

let site: ExampleSite;

beforeAll(async () => {
  site = await startExampleSite({ slowMs: 150 });
});
beforeEach(() => {
  site.setScenario('initial');
  site.clearRequests();
});
afterAll(() => site.close());

describe('hosts', () => {
  test('the origins are stable and lead to the listening address', () => {
    const endpoint = site.address.replace('http://', '');
    expect(site.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(site.origin).toBe('http://site.sheaf.test');
    expect(site.otherOrigin).toBe('http://other.sheaf.test');
    expect(site.connectTo).toEqual({ 'site.sheaf.test:80': endpoint, 'other.sheaf.test:80': endpoint });
  });

  test('the Host header chooses the virtual host, in any case and with any port', async () => {
    expect((await request(site, '/welcome')).status).toBe(404);
    expect((await request(site, '/welcome', { host: 'other.sheaf.test' })).status).toBe(200);
    expect((await request(site, '/about', { host: 'SITE.Sheaf.Test:80' })).status).toBe(200);
  });

  test('another host is answered by 421', async () => {
    expect((await request(site, '/', { host: '127.0.0.1' })).status).toBe(421);
    expect((await request(site, '/', { host: 'site.sheaf.test.example' })).status).toBe(421);
  });

  test('a request in absolute form is answered for the host in it', async () => {
    const reply = await request(site, 'http://other.sheaf.test/welcome', { host: '127.0.0.1' });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('<title>Welcome to the Paste Pot</title>');
  });

  test('targets that are not a path do no harm', async () => {
    expect((await request(site, 'https://site.sheaf.test/')).status).toBe(404);
    expect((await request(site, '//')).status).toBe(404);
    expect((await request(site, '/%')).status).toBe(404);
  });
});

describe('pages', () => {
  test('one page answers under every spelling of its path, and case counts', async () => {
    const spellings = ['/guide/folding', '/guide/f%6Fld%69ng', '/guide/../patterns/.././guide/folding'];
    const bodies = await Promise.all(spellings.map(async (path) => (await request(site, path)).text));
    expect(new Set(bodies).size).toBe(1);
    expect(bodies[0]).toContain('<h1>Folding a signature</h1>');
    expect((await request(site, '/glossary/b%c3%bcnde')).status).toBe(200);
    expect((await request(site, '/Guide/folding')).status).toBe(404);
    expect((await request(site, '/guide/folding/')).status).toBe(404);
    expect((await request(site, '/A')).text).toContain('<title>Signature A</title>');
    expect((await request(site, '/a')).text).toContain('<title>Signature a</title>');
  });

  test('the query is part of the page', async () => {
    expect((await request(site, '/suppliers?page=2')).text).toContain('<h1>More suppliers</h1>');
    expect((await request(site, '/suppliers?page=3')).status).toBe(404);
  });

  test('a page in Shift_JIS is declared by the header alone', async () => {
    const reply = await request(site, '/patterns/watoji');
    expect(reply.headers['content-type']).toBe('text/html; charset=shift_jis');
    expect(reply.body.includes('charset')).toBe(false);
    // 和綴じ, from the tables of JIS X 0208.
    expect(reply.body.includes(Buffer.from([0x98, 0x61, 0x92, 0xd4, 0x82, 0xb6]))).toBe(true);
    expect(new TextDecoder('shift_jis', { fatal: true }).decode(reply.body)).toContain('<h1>和綴じの手引き</h1>');
  });

  test('a page in windows-1252 is declared by its meta element alone', async () => {
    const reply = await request(site, '/suppliers/cloth');
    expect(reply.headers['content-type']).toBe('text/html');
    expect(reply.body.subarray(0, 1024).toString('latin1')).toContain('text/html; charset=windows-1252');
    // "12,50 €" with the euro sign at 0x80, where Latin-1 has none.
    expect(reply.body.includes(Buffer.from([0x31, 0x32, 0x2c, 0x35, 0x30, 0x20, 0x80]))).toBe(true);
    expect(new TextDecoder('windows-1252').decode(reply.body)).toContain('– und verkaufte einem dann');
  });

  test('one page has no title, one no byte, one asks not to be indexed, one has a base', async () => {
    const untitled = await request(site, '/notes/untitled');
    expect(untitled.status).toBe(200);
    expect(untitled.text).not.toMatch(/<title|<h1/);
    const empty = await request(site, '/notes/empty');
    expect([empty.status, empty.headers['content-type'], empty.body.length]).toEqual([
      200,
      'text/html; charset=utf-8',
      0,
    ]);
    expect((await request(site, '/notes/unlisted')).text).toContain('<meta name="robots" content="noindex">');
    expect((await request(site, '/patterns/')).text).toContain('<base href="/patterns/library/">');
  });

  test('every page of the site names both feeds', async () => {
    const { text } = await request(site, '/');
    expect(text).toContain('<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">');
    expect(text).toContain('<link rel="alternate" type="application/atom+xml" title="Changes" href="/atom.xml">');
  });

  test('HEAD answers like GET without a body, other methods are refused', async () => {
    const get = await request(site, '/about');
    const head = await request(site, '/about', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.headers.etag, head.body.length]).toEqual([
      200,
      String(get.body.length),
      get.headers.etag,
      0,
    ]);
    expect((await request(site, '/archive/complete', { method: 'HEAD' })).body.length).toBe(0);
    const post = await request(site, '/about', { method: 'POST' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('validators', () => {
  test.each([
    ['/guide/folding', true, true],
    ['/guide/sewing', true, false],
    ['/guide/casing-in', false, true],
    ['/reference/units', false, false],
  ])('%s has an ETag: %s, a Last-Modified: %s', async (path, hasEtag, hasDate) => {
    const { headers } = await request(site, path);
    expect([headers.etag !== undefined, headers['last-modified'] !== undefined]).toEqual([hasEtag, hasDate]);
  });

  test('an ETag that matches gives 304 with the ETag and without a body', async () => {
    const { headers } = await request(site, '/guide/sewing');
    const etag = headers.etag ?? '';
    for (const sent of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const reply = await request(site, '/guide/sewing', { headers: { 'if-none-match': sent } });
      expect([sent, reply.status, reply.body.length, reply.headers.etag]).toEqual([sent, 304, 0, etag]);
      expect(reply.headers['content-type']).toBeUndefined();
    }
    expect((await request(site, '/guide/sewing', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('Last-Modified gives 304 from its own second on', async () => {
    const { headers } = await request(site, '/guide/casing-in');
    expect(headers['last-modified']).toBe('Mon, 10 Feb 2025 00:00:00 GMT');
    const since = async (date: string) =>
      (await request(site, '/guide/casing-in', { headers: { 'if-modified-since': date } })).status;
    expect(await since('Mon, 10 Feb 2025 00:00:00 GMT')).toBe(304);
    expect(await since('Tue, 11 Feb 2025 00:00:00 GMT')).toBe(304);
    expect(await since('Sun, 09 Feb 2025 23:59:59 GMT')).toBe(200);
    expect(await since('yesterday')).toBe(200);
  });

  test('If-None-Match wins over If-Modified-Since', async () => {
    const headers = { 'if-none-match': '"other"', 'if-modified-since': 'Tue, 01 Jul 2025 00:00:00 GMT' };
    expect((await request(site, '/guide/folding', { headers })).status).toBe(200);
  });

  test('a page without validators is always sent', async () => {
    const headers = { 'if-none-match': '"x"', 'if-modified-since': 'Tue, 01 Jul 2025 00:00:00 GMT' };
    expect((await request(site, '/reference/units', { headers })).status).toBe(200);
  });
});

describe('redirects', () => {
  test.each([
    ['/guide', 301, '/guide/'],
    ['/install', 301, '/install/'],
    ['/install/', 301, 'http://site.sheaf.test/guide/install'],
    ['/latest', 302, '/news/1-1'],
    ['/loop/a', 302, '/loop/b'],
    ['/loop/b', 302, '/loop/a'],
    ['/partner', 302, 'http://other.sheaf.test/welcome'],
  ])('%s is a %i to %s', async (path, status, location) => {
    const reply = await request(site, path);
    expect([reply.status, reply.headers.location]).toEqual([status, location]);
  });
});

describe('failures', () => {
  test.each([
    ['/nowhere', 404],
    ['/guide/mending', 404],
    ['/news/winter-fair', 404],
    ['/downloads/kettlestitch-0.9', 410],
    ['/reference/exit-codes', 500],
    ['/reference/api', 429],
  ])('%s answers %i however often it is asked', async (path, status) => {
    for (let time = 0; time < 3; time++) expect((await request(site, path)).status).toBe(status);
  });

  test('the 429 names the time to wait in seconds', async () => {
    expect((await request(site, '/reference/api')).headers['retry-after']).toBe('1');
  });
});

describe('files', () => {
  test('the gzipped sitemap is gzip bytes without a Content-Encoding', async () => {
    const reply = await request(site, '/sitemaps/news.xml.gz', { headers: { 'accept-encoding': 'gzip' } });
    expect([reply.headers['content-type'], reply.headers['content-encoding']]).toEqual(['application/gzip', undefined]);
    expect(gunzipSync(reply.body).toString()).toContain('<loc>http://site.sheaf.test/news/winter-fair</loc>');
  });

  test('the sitemap index names a plain, a gzipped and a nested child', async () => {
    const { text, headers } = await request(site, '/sitemap.xml');
    expect(headers['content-type']).toBe('application/xml');
    expect([...text.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc]) => loc)).toEqual([
      'http://site.sheaf.test/sitemaps/pages.xml',
      'http://site.sheaf.test/sitemaps/news.xml.gz',
      'http://site.sheaf.test/sitemaps/reference-index.xml',
    ]);
    expect((await request(site, '/sitemaps/reference-index.xml')).text).toContain('<sitemapindex');
  });

  test('the text sitemap has one URL a line', async () => {
    const { text } = await request(site, '/sitemaps/patterns.txt');
    expect(text.split('\n')[0]).toBe('http://site.sheaf.test/patterns/');
    expect(text.trimEnd().split('\n')).toHaveLength(5);
  });

  test('the PDF, the image and the program are what they are', async () => {
    const pdf = await request(site, '/downloads/quick-card.pdf');
    expect([pdf.headers['content-type'], pdf.text.slice(0, 8)]).toEqual(['application/pdf', '%PDF-1.4']);
    const image = await request(site, '/images/sewing-frame.png');
    expect([image.headers['content-type'], image.body.subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
    const program = await request(site, '/downloads/kettlestitch');
    expect([program.headers['content-type'], program.body.length]).toEqual(['text/html', 4096]);
    expect(program.body.includes(0)).toBe(true);
  });
});

describe('size and time', () => {
  const FLOOD = 12 * 1024 * 1024;

  test('the archive streams twelve mebibytes without saying so first', async () => {
    const reply = await request(site, '/archive/complete');
    expect(reply.headers['content-length']).toBeUndefined();
    expect([reply.headers['transfer-encoding'], reply.body.length]).toEqual(['chunked', FLOOD]);
  });

  test('the packed archive is small on the wire for those who accept gzip', async () => {
    const packed = await request(site, '/archive/packed', { headers: { 'accept-encoding': 'gzip, br' } });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.body.length).toBeLessThan(200_000);
    expect(gunzipSync(packed.body).length).toBe(FLOOD);
    const plain = await request(site, '/archive/packed');
    expect([plain.headers['content-encoding'], plain.body.length]).toEqual([undefined, FLOOD]);
  });

  test('an ordinary page comes compressed too', async () => {
    const packed = await request(site, '/reference/config', { headers: { 'accept-encoding': 'gzip' } });
    expect([packed.headers['content-encoding'], packed.headers.vary]).toEqual(['gzip', 'accept-encoding']);
    expect(gunzipSync(packed.body).toString()).toBe((await request(site, '/reference/config')).text);
  });

  test.each(['/guide/drying', '/guide/pressing'])('%s takes its time and arrives whole', async (path) => {
    const start = performance.now();
    const reply = await request(site, path);
    expect(performance.now() - start).toBeGreaterThan(140);
    expect([reply.status, reply.headers['content-length']]).toEqual([200, String(reply.body.length)]);
    expect(reply.text).toContain('</html>');
  });

  test('closing does not wait for a slow answer', async () => {
    const patient = await startExampleSite({ slowMs: 60_000 });
    const pending = expect(request(patient, '/guide/drying')).rejects.toThrow();
    while (patient.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await patient.close();
    await pending;
  });
});

describe('the request log', () => {
  test('keeps what was asked, as it was spelled, with the status', async () => {
    const before = Date.now();
    await request(site, '/guide/f%6Flding', { host: 'SITE.sheaf.test', headers: { 'user-agent': 'tester' } });
    await request(site, '/nowhere', { method: 'HEAD' });
    expect(site.requests).toMatchObject([
      {
        host: 'SITE.sheaf.test',
        method: 'GET',
        path: '/guide/f%6Flding',
        status: 200,
        headers: { 'user-agent': 'tester' },
      },
      { host: 'site.sheaf.test', method: 'HEAD', path: '/nowhere', status: 404 },
    ]);
    for (const { at } of site.requests) expect(at).toBeGreaterThanOrEqual(before);
  });

  test('notes 304 as such and forgets when told to', async () => {
    await request(site, '/about', { headers: { 'if-none-match': '*' } });
    const { requests } = site;
    expect(requests.map(({ status }) => status)).toEqual([304]);
    site.clearRequests();
    expect(site.requests).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});
