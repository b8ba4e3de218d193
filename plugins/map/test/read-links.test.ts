import { describe, expect, test } from 'vitest';
import { readLinks } from '../src/methods/crawl/read-links.ts';
import { inPieces } from './support/bytes.ts';

const url = 'https://example.com/docs/page';
const read = (html: string | Uint8Array, contentTypeHeader?: string, size?: number) =>
  readLinks(inPieces(html, size), { url, contentTypeHeader });
const urls = async (html: string) => (await read(html)).links.map((link) => link.url);

describe('readLinks', () => {
  test.each([1, 13, 100_000])('resolves links of pieces of %i bytes against the page', async (size) => {
    const html = '<a href="next">a</a> <a href="/top?x=1&amp;y=2#part">b</a><map><area href="//other.example/x"></map>';
    expect((await read(html, 'text/html; charset=utf-8', size)).links).toEqual([
      { url: 'https://example.com/docs/next', isNofollow: false },
      { url: 'https://example.com/top?x=1&y=2#part', isNofollow: false },
      { url: 'https://other.example/x', isNofollow: false },
    ]);
  });

  test('resolves all links against the first base, wherever it stands', async () => {
    const html = '<a href="a">1</a><base href="/elsewhere/"><base href="/late/"><a href="b">2</a>';
    expect(await urls(html)).toEqual(['https://example.com/elsewhere/a', 'https://example.com/elsewhere/b']);
  });

  test('takes only addresses of the web, and no anchors without one', async () => {
    const html = `<a href="mailto:a@example.com">m</a><a href="javascript:void(0)">j</a><a href="tel:1">t</a><a name="x">n</a>
      <a href="data:text/html,x">d</a><a href="http://[broken">b</a><a href="ftp://example.com/x">f</a><a href=" HTTPS://EXAMPLE.COM/y ">y</a>`;
    expect(await urls(html)).toEqual(['https://example.com/y']);
  });

  test('does not find links in scripts, styles, comments and text', async () => {
    const html = `<script>document.write('<a href="/script">x</a>')</script><style>/* <a href="/style"> */</style>
      <!-- <a href="/comment">x</a> --><title><a href="/title"></title>&lt;a href="/text"&gt;<textarea><a href="/area"></a></textarea>`;
    expect(await urls(html)).toEqual([]);
  });

  test('keeps what rel=nofollow says', async () => {
    expect((await read('<a rel="external NoFollow" href="/x">x</a>')).links).toEqual([
      { url: 'https://example.com/x', isNofollow: true },
    ]);
  });

  test('takes next, prev and other forms of the page from the head, and feeds apart', async () => {
    const html = `<link rel="next" href="2"><link rel="prev" href="0"><link rel="alternate" hreflang="de" href="/de/">
      <link rel="canonical" href="/canonical"><link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png">
      <link rel="alternate stylesheet" href="/other.css"><link rel="alternate" type="application/rss+xml" href="/feed.xml">
      <link rel="ALTERNATE" type="Application/Atom+XML" href="/atom.xml"><link rel="alternate" type="application/feed+json" href="/feed.json">
      <link rel="alternate" type="application/json" href="/wp-json/1"><link rel="alternate" type="application/rss+xml" href="/feed.xml">`;
    const { links, feeds } = await read(html);
    expect(links.map((link) => link.url)).toEqual([
      'https://example.com/docs/2',
      'https://example.com/docs/0',
      'https://example.com/de/',
    ]);
    expect(feeds).toEqual([
      'https://example.com/feed.xml',
      'https://example.com/atom.xml',
      'https://example.com/feed.json',
    ]);
  });

  test('decodes the page by its header or its declaration', async () => {
    const legacy = Buffer.from('<meta charset="windows-1252"><a href="/caf\u00e9">x</a>', 'latin1');
    expect((await read(legacy)).links[0]?.url).toBe('https://example.com/caf%C3%A9');
    const bare = Buffer.from('<a href="/caf\u00e9">x</a>', 'latin1');
    expect((await read(bare, 'text/html; charset=iso-8859-1')).links[0]?.url).toBe('https://example.com/caf%C3%A9');
  });

  test('does not mistake UTF-8 that the sniffed head cuts off for another charset', async () => {
    // The head is 4,096 bytes: its last byte is the first of two.
    const html = `${' '.repeat(4_095)}ü<a href="/ü">x</a>`;
    expect((await read(html, undefined, 4_096)).links[0]?.url).toBe('https://example.com/%C3%BC');
  });

  test('gives the links before a failure, and the failure', async () => {
    const broken = new Error('the connection is gone');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(`<a href="/one">1</a>${' '.repeat(5_000)}`);
      throw broken;
    }
    const { links, failure } = await readLinks(failing(), { url });
    expect(links.map((link) => link.url)).toEqual(['https://example.com/one']);
    expect(failure).toBe(broken);
  });
});
