import { describe, expect, test } from 'vitest';
import { mapErrors } from '../src/errors.ts';
import { isPageLike } from '../src/methods/crawl/page-like.ts';
import { createRecentUrls } from '../src/methods/crawl/recent-urls.ts';
import { readHeading } from '../src/methods/folder/read-heading.ts';
import { sniffListing } from '../src/methods/sniff-listing.ts';
import { createTally } from '../src/tally.ts';
import { readDate } from '../src/text/read-date.ts';
import { createUrlFilter, matchesGlob } from '../src/url-filter.ts';

describe('globs', () => {
  test.each([
    ['https://example.com/docs/*', 'https://example.com/docs/a/b', true],
    ['https://example.com/docs/**', 'https://example.com/docs/a/b', true],
    ['https://example.com/docs/*', 'https://example.com/docs', false],
    ['*/docs/*', 'https://example.com/docs/', true],
    ['docs', 'https://example.com/docs', false],
    ['*.pdf', 'https://example.com/a.pdf', true],
    ['*.pdf', 'https://example.com/a.PDF', false],
    ['https://example.com/?', 'https://example.com/a', true],
    ['https://example.com/?', 'https://example.com/', false],
    ['*[1]*', 'https://example.com/[1]', true],
    ['*[1]*', 'https://example.com/1', false],
    ['*a*b*c', 'xaxxbxxbxc', true],
    ['*a*b*c', 'xaxxcxxb', false],
    ['', '', true],
    ['*', '', true],
  ])('%j over %j is %j', (glob, text, expected) => {
    expect(matchesGlob(text, glob)).toBe(expected);
  });

  test('take no more than length times length, whatever they are', () => {
    const started = performance.now();
    expect(matchesGlob('a'.repeat(8_000), `${'*a'.repeat(100)}b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('want one of include and none of exclude', () => {
    const filter = createUrlFilter({ include: ['*/docs/*', '*/guide'], exclude: ['*/docs/old/*'] });
    const accepted = ['h://x/docs/a', 'h://x/guide', 'h://x/docs/old/a', 'h://x/'].filter((uri) => filter.accepts(uri));
    expect(accepted).toEqual(['h://x/docs/a', 'h://x/guide']);
    expect([filter.isEmpty, createUrlFilter({}).isEmpty, createUrlFilter({}).accepts('x')]).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('readDate', () => {
  test.each([
    ['2025-06-02', '2025-06-02T00:00:00.000Z'],
    ['2025-06', '2025-06-01T00:00:00.000Z'],
    ['2025', '2025-01-01T00:00:00.000Z'],
    [' 2025-06-02T08:00:00+02:00 ', '2025-06-02T06:00:00.000Z'],
    ['2025-06-02T08:00:00', '2025-06-02T08:00:00.000Z'],
    ['2025-06-02 08:00:00', '2025-06-02T08:00:00.000Z'],
    ['Mon, 02 Jun 2025 08:00:00 GMT', '2025-06-02T08:00:00.000Z'],
    ['Mon, 02 Jun 2025 08:00:00 -0500', '2025-06-02T13:00:00.000Z'],
    ['02 Jun 2025 08:00:00', '2025-06-02T08:00:00.000Z'],
    ['yesterday', undefined],
    ['build 5', undefined],
    ['2025-13-45', undefined],
    ['+012345-01-01T00:00:00Z', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (text, expected) => {
    expect(readDate(text)?.toISOString()).toBe(expected);
  });
});

describe('readHeading', () => {
  test.each([
    ['# Title', 'Title'],
    ['\uFEFFIntro\n\n## Second\n\n# First #\n', 'First'],
    ['Title\n=====\n', 'Title'],
    ['```\n# not this\n```\n# This', 'This'],
    ['~~~~\n```\n# not this\n~~~~\n# This', 'This'],
    ['---\ntitle: "From the front: matter"\n---\n# Heading', 'From the front: matter'],
    ['---\r\ntags: [a]\r\n---\r\n# Heading\r\n', 'Heading'],
    ['---\ntitle: >\n  folded\n---\n# Heading', 'Heading'],
    [
      '# The `code`, a [link](https://example.com), **strong** and _this_ but snake_case_name',
      'The code, a link, strong and this but snake_case_name',
    ],
    ['#hashtag\n\ntext', undefined],
    ['    # indented code', undefined],
    ['#\n\n# Real', 'Real'],
    ['', undefined],
  ])('of %j is %j', (markdown, expected) => {
    expect(readHeading(markdown)).toBe(expected);
  });
});

describe('sniffListing', () => {
  const sniff = (head: string | Uint8Array, contentType?: string, url = 'https://example.com/x') =>
    sniffListing({ head: typeof head === 'string' ? new TextEncoder().encode(head) : head, contentType, url });

  test.each([
    ['<?xml version="1.0"?><!-- x --><urlset>', 'sitemap'],
    ['<?xml version="1.0"?>\n<?xml-stylesheet href="a"?>\n<sitemapindex xmlns="s">', 'sitemap'],
    ['<sm:urlset>', 'sitemap'],
    ['<rss version="2.0">', 'feed'],
    ['\uFEFF <feed xmlns="http://www.w3.org/2005/Atom">', 'feed'],
    ['<rdf:RDF>', 'feed'],
    ['{"version":"https://jsonfeed.org/version/1","items":[]}', 'feed'],
    ['{"a":1}', 'page'],
    ['<!DOCTYPE html><html>', 'page'],
    ['<!-- <urlset> --><html>', 'page'],
    ['<svg>', 'page'],
    ['', 'page'],
  ])('takes %j for a %s', (head, kind) => {
    expect(sniff(head, 'text/html')).toBe(kind);
  });

  test('takes plain text for a sitemap only if its first line is an address', () => {
    expect(sniff('https://example.com/a\nhttps://example.com/b', 'text/plain')).toBe('sitemap');
    expect(sniff('Read https://example.com/a', 'text/plain')).toBe('page');
    expect(sniff('https://example.com/a', 'text/html')).toBe('page');
  });

  test('takes gzip for a sitemap only if its name says so', () => {
    const gzip = new Uint8Array([0x1f, 0x8b, 8, 0]);
    expect(sniff(gzip, 'application/gzip', 'https://example.com/sitemap.xml.gz')).toBe('sitemap');
    expect(sniff(gzip, 'application/gzip', 'https://example.com/archive.tar.gz')).toBe('page');
  });
});

describe('isPageLike', () => {
  test.each([
    ['https://example.com/', true],
    ['https://example.com/a.html', true],
    ['https://example.com/v1.2', true],
    ['https://example.com/page?file=a.pdf', true],
    ['https://example.com/a.PDF', false],
    ['https://example.com/a.tar.gz?v=1', false],
  ])('%s: %j', (url, expected) => {
    expect(isPageLike(url)).toBe(expected);
  });
});

describe('createRecentUrls', () => {
  test('forgets the oldest beyond its capacity', () => {
    const recent = createRecentUrls(2);
    expect(['a', 'a', 'b', 'c', 'b', 'a'].map((url) => recent.add(url))).toEqual([
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('createTally', () => {
  test('keeps the first hundred errors and counts all; any error or bound makes it incomplete', () => {
    const tally = createTally();
    expect(tally.isComplete).toBe(true);
    tally.skip('other-host');
    tally.filter();
    expect(tally.isComplete).toBe(true);
    for (let index = 0; index < 150; index++) {
      tally.fail(`https://example.com/${index}`, mapErrors.create('http-error', { url: 'u', status: 500 }));
    }
    expect([tally.errors.length, tally.errorCount, tally.isComplete]).toEqual([100, 150, false]);
    expect(tally.errors[99]).toEqual({
      url: 'https://example.com/99',
      code: 'map.http-error',
      message: 'u answered with status 500.',
    });
    const cut = createTally();
    cut.cut();
    expect(cut.isComplete).toBe(false);
  });

  test('does not swallow what is no coded error', () => {
    const bug = new TypeError('x is not a function');
    expect(() => createTally().fail('https://example.com/', bug)).toThrow(bug);
  });
});
