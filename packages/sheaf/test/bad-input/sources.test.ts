import { gzipSync } from 'node:zlib';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../cli-harness.ts';
import { answer, type BadSite, type Route, startBadSite } from './support/bad-site.ts';
import { expectFailure } from './support/expect-failure.ts';

const xml = (body: string | Uint8Array): Route => answer(body, { type: 'application/xml' });
const urlset = (...paths: readonly string[]): string =>
  `<urlset>${paths.map((path) => `<url><loc>${path}</loc></url>`).join('')}</urlset>`;
/** Nine levels of ten: a billion, if anybody unfolds it. */
const LAUGHS = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY e0 "ha">${Array.from(
  { length: 9 },
  (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
).join('')}<!ENTITY x SYSTEM "file:///etc/passwd">]>`;

const manyUrls = urlset(...Array.from({ length: 5_000 }, (_, index) => `/page/${index * 7_919}`));

let site: BadSite;
let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('sources');
  site = await startBadSite({
    '/robots.txt': answer('User-agent: *\nDisallow: /private', { type: 'text/plain' }),
    '/page.xml': '<!doctype html><html><title>Not a sitemap</title><p>at all',
    '/empty.xml': xml(''),
    '/html-with-entries.xml': '<html><body><url><loc>/never</loc></url></body></html>',
    '/laughs.xml': xml(`${LAUGHS}${urlset('/a', '/&e9;', '/b')}`),
    '/external.xml': xml(`${LAUGHS}${urlset('/a', '/&x;')}`),
    '/laughs.rss': xml(
      `${LAUGHS}<rss version="2.0"><channel><title>&e9;</title><item><title>&e9;&x;</title><link>/a</link></item></channel></rss>`,
    ),
    '/news.json': answer(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        items: [{ id: '1', url: '/one', title: 'a\0b \ud800' }, { id: '2', url: 'javascript:alert(1)' }, { id: 3 }],
      }),
      { type: 'application/json' },
    ),
    '/data.json': answer('{"hello": [1, 2', { type: 'application/json' }),
    '/bomb.xml.gz': answer(gzipSync(Buffer.alloc(200_000_000, ' ')), { type: 'application/gzip' }),
    '/cut.xml.gz': answer(gzipSync(manyUrls).subarray(0, 8_000), { type: 'application/gzip' }),
    '/index.xml': xml(
      `<sitemapindex>${['/page.xml', '/gone.xml', '/good.xml', '/index.xml'].map((path) => `<sitemap><loc>${path}</loc></sitemap>`).join('')}</sitemapindex>`,
    ),
    '/good.xml': xml(urlset('/good', `/long/${'a'.repeat(10_000)}`, 'javascript:alert(1)', 'http://[::')),
    '/links': `<a href="javascript:alert(1)">a</a> <a href="data:text/html,hi">b</a> <a href="mailto:me@example.com">c</a>
      <a href="http://[::">d</a> <a href="/%zz">e</a> <a href="/${'a'.repeat(10_000)}">f</a>
      <a href="//me:s3cret-word@${'HOST'}/with-password">g</a> <a href="">h</a>`,
    '/deep': `<a href="/first">first</a>${'<div>'.repeat(100_000)}<a href="/last">last</a>`,
    '/loop': (response) => void response.writeHead(302, { location: '/loop' }).end(),
    '/broken': answer('', { status: 500 }),
  });
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

let count = 0;
/** Each on a database of its own. */
const map = (...argv: string[]) => {
  count += 1;
  return cli(['map', ...argv, '--allow-private', '--min-delay', '0', '--database', `${count}.db`], {
    cwd: folder.path,
  });
};
const found = async (...argv: string[]) => JSON.parse((await map(...argv, '--json')).out);

describe('a source that cannot be mapped', () => {
  it.each([
    ['a closed port', 'http://127.0.0.1:1/', 'web.robots-unavailable', /ECONNREFUSED/, /site is up/],
    ['a host that does not resolve', 'http://nowhere.invalid/', 'web.dns-failed', /nowhere\.invalid/, /spelling/],
    [
      'an address of 10,000 characters',
      `http://a.example/${'a'.repeat(10_000)}`,
      'web.url-too-long',
      /10017 .*8192/,
      /trap/,
    ],
    ['an address that is none', 'http://[::', 'web.invalid-url', /cannot be parsed/, /https?:/],
    ['another scheme', 'gopher://a.example/', 'map.unsupported-source', /gopher:/, /http/],
    ['a script', 'javascript:alert(1)', 'map.unsupported-source', /javascript:/, /http/],
    ['a file of another machine', 'file://elsewhere/docs', 'map.unsupported-source', /elsewhere/, /folder/],
    ['a file: address that is none', 'file:///%zz', 'map.unsupported-source', /%zz/, /folder/],
    ['a folder that does not exist', './nowhere', 'map.unsupported-source', /nowhere/, /folder/],
  ])('is told: %s', async (_, source, code, says, hint) => {
    expectFailure(await map(source), { code, says, hint });
  });

  it.each([
    ['HTML as a sitemap', '/page.xml', 'map.nothing-found', /it is an HTML page/, /--method/],
    ['HTML with entries as a sitemap', '/html-with-entries.xml', 'map.nothing-found', /it is an HTML page/, /--method/],
    ['nothing as a sitemap', '/empty.xml', 'map.nothing-found', /it is empty/, /--method/],
    ['JSON as a sitemap', '/data.json', 'map.nothing-found', /neither XML nor a list/, /--method/],
    ['a sitemap that does not exist', '/nowhere.xml', 'map.nothing-found', /status 404/, /--method/],
    ['a gzip bomb as a sitemap', '/bomb.xml.gz', 'map.nothing-found', /larger than 52428800 bytes/, /--method/],
    ['a redirect loop as a sitemap', '/loop', 'map.nothing-found', /in a circle/, /--method/],
  ])('is told: %s', async (_, path, code, says, hint) => {
    expectFailure(await map(site.origin, '--sitemap', site.origin + path), { code, says, hint });
  });

  it.each([
    ['HTML without a feed as a feed', '/page.xml', 'map.nothing-found', /no feed/, /--method/],
    ['JSON that is no feed', '/data.json', 'map.invalid-feed', /neither XML nor a JSON Feed/, /RSS, Atom or JSON/],
    ['a redirect loop', '/loop', 'web.redirect-loop', /in a circle/, /browser/],
    ['a server that fails', '/broken', 'map.http-error', /status 500/, /browser/],
  ])('is told: %s', async (_, path, code, says, hint) => {
    expectFailure(await map(site.origin + path, '--method', 'feed'), { code, says, hint });
  });

  it('is told: TLS to a port that speaks plain HTTP', async () => {
    const source = site.origin.replace('http:', 'https:');
    expectFailure(await map(source), { code: 'web.robots-unavailable', says: /SSL|TLS/, hint: /site is up/ });
  });

  it('is told again within the minute, with the same reason', async () => {
    await map('http://127.0.0.1:1/');
    const again = await cli(['map', 'http://127.0.0.1:1/', '--allow-private', '--database', `${count}.db`], {
      cwd: folder.path,
    });
    expectFailure(again, { code: 'web.robots-unavailable', says: /ECONNREFUSED/, hint: /site is up/ });
  });
});

describe('a source with something wrong in it', () => {
  it('that robots.txt forbids is registered and not read, with the reason', async () => {
    const output = await found(`${site.origin}/private`, '--method', 'crawl');
    expect(output).toMatchObject({ discovered: 1, skipped: { 'robots-denied': 1 } });
    expect(site.paths).not.toContain('/private');
  });

  it.each([
    ['/laughs.xml', 'sitemap', 3],
    ['/external.xml', 'sitemap', 2],
    ['/laughs.rss', 'feed', 1],
  ])('unfolds no entities: %s', async (path, method, discovered) => {
    const output = await map(site.origin + path, '--method', method, '--json');
    expect(JSON.parse(output.out)).toMatchObject({ discovered, errorCount: 0 });
    const docs = await cli(['docs', '--json', '--database', `${count}.db`], { cwd: folder.path });
    expect(docs.out).not.toMatch(/haha|root:/);
  });

  it('gives what is sound in a feed, its titles cleaned', async () => {
    expect(await found(`${site.origin}/news.json`)).toMatchObject({ method: 'feed', discovered: 1 });
    const docs = await cli(['docs', '--json', '--database', `${count}.db`], { cwd: folder.path });
    expect(JSON.parse(docs.out.split('\n')[0] ?? '')).toMatchObject({ uri: `${site.origin}/one`, title: 'ab \ufffd' });
  });

  it('gives what was read before gzip data broke off', async () => {
    const output = await found(`${site.origin}/cut.xml.gz`);
    expect(output).toMatchObject({ isComplete: false, errors: [{ code: 'map.invalid-sitemap' }] });
    expect(output.discovered).toBeGreaterThan(100);
    expect(output.discovered).toBeLessThan(5_000);
  });

  it('gives the sound sitemaps of an index, and records the others', async () => {
    const output = await found(`${site.origin}/index.xml`);
    expect(output).toMatchObject({ discovered: 1, isComplete: false, skipped: { 'invalid-url': 3 } });
    expect(output.errors.map(({ code }: { code: string }) => code)).toEqual(['map.invalid-sitemap', 'map.http-error']);
  });

  it('gives the links of a page that lead somewhere', async () => {
    const output = await found(`${site.origin}/links`, '--method', 'crawl', '--max-depth', '1');
    const docs = await cli(['docs', '--json', '--database', `${count}.db`], { cwd: folder.path });
    const uris = docs.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).uri);
    expect(uris.sort()).toEqual([`${site.origin}/%25zz`, `${site.origin}/links`]);
    expect(output.skipped).toEqual({ 'invalid-url': 1, 'other-host': 1 });
  });

  it('gives the links before a page nests too deep, and records that', async () => {
    const output = await found(`${site.origin}/deep`, '--method', 'crawl', '--max-depth', '1');
    expect(output).toMatchObject({ discovered: 2, isComplete: false, errors: [{ code: 'map.page-too-deep' }] });
  });
});

describe('a password in an address', () => {
  it.each([
    ['map', 'http://me:s3cret-word@127.0.0.1:1/'],
    ['map', 'ftp://me:s3cret-word@127.0.0.1/'],
    ['map', 'http:me:s3cret-word@127.0.0.1:1'],
    ['map', 'https://me:s3cret-word@[::/'],
    ['fetch', 'http://me:s3cret-word@[::/'],
    ['ingest', 'http://me:s3cret-word@127.0.0.1:1/'],
  ])('%s %s reaches neither output nor database', async (command, address) => {
    count += 1;
    const options = ['--verbose', '--database', `${count}.db`];
    const run = await cli([command, address, ...options], { cwd: folder.path });
    expect(run.code).not.toBe(0);
    const runs = await cli(['runs', '--json', '--database', `${count}.db`], { cwd: folder.path });
    expect(run.err + run.out + runs.out).not.toContain('s3cret-word');
  });
});
