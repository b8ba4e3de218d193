import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseSitemap } from '../src/methods/sitemap/parse-sitemap.ts';
import { collect, inPieces } from './support/bytes.ts';

const url = 'https://example.com/sitemap.xml';
const read = (content: string | Uint8Array, pieceSize?: number, options: object = {}) =>
  collect(parseSitemap(inPieces(content, pieceSize), { url, ...options }));
const hrefs = async (content: string | Uint8Array, pieceSize?: number) =>
  (await read(content, pieceSize)).map(({ href }) => href);

const SITEMAP = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://example.com/a?x=1&amp;y=2</loc><lastmod>2025-05-12</lastmod></url>
  <url>
    <loc>
      https://example.com/b
    </loc>
    <image:image><image:loc>https://example.com/b.png</image:loc></image:image>
    <lastmod>2025-06-02T08:00:00+02:00</lastmod>
  </url>
  <url><loc><![CDATA[https://example.com/c?x=1&y=2]]></loc></url>
  <url><lastmod>2025-01-01</lastmod></url>
  <url><loc>https://example.com/&#252;</loc></url>
</urlset>`;

const SITEMAP_ENTRIES = [
  { kind: 'page', href: 'https://example.com/a?x=1&y=2', modified: '2025-05-12' },
  { kind: 'page', href: 'https://example.com/b', modified: '2025-06-02T08:00:00+02:00' },
  { kind: 'page', href: 'https://example.com/c?x=1&y=2' },
  { kind: 'page', href: 'https://example.com/ü' },
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of the heap that something still holds. */
function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('parseSitemap', () => {
  test.each([1, 7, 64, 100_000])('reads a sitemap that comes in pieces of %i bytes', async (size) => {
    expect(await read(SITEMAP, size)).toEqual(SITEMAP_ENTRIES);
  });

  test('reads gzip by its first bytes, whatever the pieces', async () => {
    expect(await read(gzipSync(SITEMAP), 1)).toEqual(SITEMAP_ENTRIES);
  });

  test('reads an index', async () => {
    const index = `<sitemapindex><sitemap><loc>https://example.com/1.xml</loc><lastmod>2025-05-12</lastmod></sitemap>
      <sitemap><loc>/2.xml.gz</loc></sitemap></sitemapindex>`;
    expect(await read(index)).toEqual([
      { kind: 'sitemap', href: 'https://example.com/1.xml', modified: '2025-05-12' },
      { kind: 'sitemap', href: '/2.xml.gz' },
    ]);
  });

  test('knows elements by their local names, whatever the prefix', async () => {
    const prefixed = `<sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sm:url><sm:loc>https://example.com/a</sm:loc><sm:lastmod>2025-05-12</sm:lastmod></sm:url></sm:urlset>`;
    expect(await read(prefixed)).toEqual([{ kind: 'page', href: 'https://example.com/a', modified: '2025-05-12' }]);
  });

  test('reads a list of addresses, with a byte order mark and any line ends', async () => {
    expect(
      await hrefs('\uFEFFhttps://example.com/a\r\nhttps://example.com/b\r\rhttps://example.com/c\n\n  ', 3),
    ).toEqual(['https://example.com/a', 'https://example.com/b', 'https://example.com/c']);
  });

  test('reads RSS and Atom', async () => {
    const rss = `<rss version="2.0" xmlns:media="m"><channel><title>News</title><link>https://example.com/</link>
      <item><title>One</title><media:title>Other</media:title><link>https://example.com/1</link>
        <guid isPermaLink="false">x</guid><pubDate>Mon, 02 Jun 2025 08:00:00 GMT</pubDate></item>
      <item><guid>https://example.com/2</guid></item>
      <item><guid isPermaLink="false">https://example.com/none</guid></item></channel></rss>`;
    expect(await read(rss)).toEqual([
      { kind: 'page', href: 'https://example.com/1', title: 'One', modified: 'Mon, 02 Jun 2025 08:00:00 GMT' },
      { kind: 'page', href: 'https://example.com/2' },
    ]);
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.com/posts/">
      <link rel="alternate" href="/"/>
      <entry xml:base="2025/"><title>One</title><id>tag:x</id>
        <link rel="enclosure" href="one.pdf"/><link rel="alternate" href="one"/>
        <source><title>Elsewhere</title><link href="https://else.example/"/></source>
        <published>2025-01-01T00:00:00Z</published><updated>2025-06-02T08:00:00Z</updated></entry></feed>`;
    expect(await read(atom)).toEqual([
      {
        kind: 'page',
        href: 'one',
        base: 'https://example.com/posts/2025/',
        title: 'One',
        modified: '2025-06-02T08:00:00Z',
      },
    ]);
  });

  test('makes the best of broken XML', async () => {
    expect(await hrefs('<urlset><url><loc>https://example.com/?a=1&b=2</loc></url></urlset>')).toEqual([
      'https://example.com/?a=1&b=2',
    ]);
    expect(
      await hrefs('<urlset><url><loc>https://example.com/a</loc><url><loc>https://example.com/b</url></urlset>'),
    ).toEqual(['https://example.com/a', 'https://example.com/b']);
  });

  test('does not take half an address for a whole one where the file is cut off', async () => {
    const cut = '<urlset><url><loc>https://example.com/a</loc></url><url><loc>https://example.com/abou';
    expect(await hrefs(cut)).toEqual(['https://example.com/a']);
  });

  test('decodes by the byte order mark, the declaration, and the header', async () => {
    const xml =
      '<?xml version="1.0" encoding="ISO-8859-1"?><urlset><url><loc>https://example.com/ü</loc></url></urlset>';
    expect(await hrefs(Buffer.from(xml, 'latin1'))).toEqual(['https://example.com/ü']);
    const utf16 = Buffer.from(`\uFEFF${xml.replace('ISO-8859-1', 'UTF-16')}`, 'utf16le');
    expect(await hrefs(utf16, 5)).toEqual(['https://example.com/ü']);
    const undeclared = Buffer.from(xml.replace(/ encoding="[^"]*"/, ''), 'latin1');
    expect((await read(undeclared, undefined, { charset: 'windows-1252' })).map(({ href }) => href)).toEqual([
      'https://example.com/ü',
    ]);
  });

  test.each([
    ['<!doctype html><html><body>Not found</body></html>', 'it is an HTML page'],
    ['<note><to>you</to></note>', 'its root element is <note>'],
    ['{"error":404}', 'it is neither XML nor a list of addresses'],
    ['Not found', 'it is neither XML nor a list of addresses'],
    ['<!-- nothing -->', 'it holds no XML element'],
    [' \n ', 'it is empty'],
    ['', 'it is empty'],
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'it is neither XML nor a list of addresses'],
  ])('refuses %j', async (content, reason) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'map.invalid-sitemap', details: { url, reason } });
  });

  test('gives what stands before the damage of gzip data', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `https://example.com/${index}-${(index * 7919) % 10_007}\n`,
    );
    const whole = gzipSync(lines.join(''));
    const entries: string[] = [];
    const reading = async () => {
      for await (const { href } of parseSitemap(inPieces(whole.subarray(0, whole.length / 2), 1_000), { url }))
        entries.push(href);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'map.invalid-sitemap' });
    expect(entries.length).toBeGreaterThan(5_000);
    expect(entries.slice(0, 2)).toEqual(['https://example.com/0-0', 'https://example.com/1-7919']);
  });

  test('stops a file that grows beyond the limit when it is decompressed', async () => {
    const bomb = gzipSync(`<urlset>${' '.repeat(3_000_000)}</urlset>`);
    expect(bomb.length).toBeLessThan(10_000);
    await expect(read(bomb, 100, { maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'map.sitemap-too-large' });
  });

  test('leaves its source when the reader leaves', async () => {
    let hasEnded = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        yield new TextEncoder().encode('<urlset>');
        for (;;) yield new TextEncoder().encode('<url><loc>https://example.com/</loc></url>');
      } finally {
        hasEnded = true;
      }
    }
    for await (const _ of parseSitemap(endless(), { url })) break;
    expect(hasEnded).toBe(true);
  });

  test('reads half a million addresses in bounded memory', async () => {
    const total = 500_000;
    async function* generated(): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder();
      yield encoder.encode('<urlset>');
      for (let start = 0; start < total; start += 500) {
        const urls = Array.from(
          { length: 500 },
          (_, index) => `<url><loc>https://example.com/${start + index}</loc></url>`,
        );
        yield encoder.encode(urls.join('\n'));
      }
      yield encoder.encode('</urlset>');
    }
    let count = 0;
    let peak = 0;
    const before = heapInUse();
    for await (const _ of parseSitemap(generated(), { url })) {
      count += 1;
      if (count % 50_000 === 0) peak = Math.max(peak, heapInUse() - before);
    }
    expect(count).toBe(total);
    // The addresses alone are some 15 MB of text, and three times that as strings and objects.
    expect(peak).toBeLessThan(5 * 1024 * 1024);
  });
});
