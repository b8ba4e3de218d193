import { describe, expect, test } from 'vitest';
import { parseFeed } from '../src/methods/feed/parse-feed.ts';

const url = 'https://example.com/blog/feed.xml';

describe('parseFeed', () => {
  test('reads RSS: links, permanent guids, dates', () => {
    const feed = parseFeed(
      `<rss version="2.0"><channel><title>News</title><link>https://www.example.com/</link>
        <item><title>A &amp; <![CDATA[B]]></title><link> https://example.com/1 </link><pubDate>Mon, 02 Jun 2025 08:00:00 GMT</pubDate></item>
        <item><guid>https://example.com/2</guid></item>
        <item><title>No address</title><guid isPermaLink="false">https://example.com/3</guid></item>
        <item><link>posts/4</link></item></channel></rss>`,
      url,
    );
    expect(feed).toEqual({
      homeUrl: 'https://www.example.com/',
      entries: [
        { url: 'https://example.com/1', title: 'A & B', modifiedAt: new Date('2025-06-02T08:00:00Z') },
        { url: 'https://example.com/2' },
        { url: 'https://example.com/blog/posts/4' },
      ],
    });
  });

  test('reads Atom: the alternate link, xml:base, titles in HTML', () => {
    const feed = parseFeed(
      `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/base/"><title>t</title><id>x</id><updated>2025-06-02T08:00:00Z</updated>
        <link rel="self" href="feed.xml"/><link href=".."/>
        <entry xml:base="one/"><title type="html">&lt;b&gt;One&lt;/b&gt; &amp;amp; two</title><id>a</id>
          <link rel="enclosure" href="a.pdf"/><link rel="alternate" type="application/json" href="a.json"/>
          <link rel="alternate" type="text/html" href="a"/><updated>2025-06-02T08:00:00Z</updated></entry>
        <entry><title>By its id</title><id>https://example.com/b</id><updated>2025-01-01T00:00:00Z</updated></entry></feed>`,
      url,
    );
    expect(feed).toEqual({
      homeUrl: 'https://example.com/',
      entries: [
        { url: 'https://example.com/base/one/a', title: 'One & two', modifiedAt: new Date('2025-06-02T08:00:00Z') },
        { url: 'https://example.com/b', title: 'By its id', modifiedAt: new Date('2025-01-01T00:00:00Z') },
      ],
    });
  });

  test('reads RDF', () => {
    const feed = parseFeed(
      `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://example.com/"><title>t</title><link>https://example.com/</link></channel>
        <item rdf:about="https://example.com/1"><title>One</title><link>https://example.com/1</link><dc:date>2025-06-02</dc:date></item></rdf:RDF>`,
      url,
    );
    expect(feed.entries).toEqual([
      { url: 'https://example.com/1', title: 'One', modifiedAt: new Date('2025-06-02T00:00:00Z') },
    ]);
  });

  test('reads JSON Feed', () => {
    const feed = parseFeed(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 't',
        home_page_url: 'https://example.com/',
        items: [
          {
            id: '1',
            url: '/1',
            external_url: 'https://else.example/',
            title: 'One',
            date_modified: '2025-06-02T08:00:00Z',
          },
          { id: 'https://example.com/2' },
          { id: '3' },
        ],
      }),
      url,
    );
    expect(feed).toEqual({
      homeUrl: 'https://example.com/',
      entries: [
        { url: 'https://example.com/1', title: 'One', modifiedAt: new Date('2025-06-02T08:00:00Z') },
        { url: 'https://example.com/2' },
      ],
    });
  });

  test('reads what is broken leniently', () => {
    const cut =
      '<rss><channel><item><title>One</title><link>https://example.com/1</link></item><item><link>https://exam';
    expect(parseFeed(cut, url).entries).toEqual([{ url: 'https://example.com/1', title: 'One' }]);
    const unclosed =
      '<rss><item><link>https://example.com/?a=1&b=2</link><item><link>https://example.com/3</link></item></rss>';
    expect(parseFeed(unclosed, url).entries).toEqual([
      { url: 'https://example.com/?a=1&b=2' },
      { url: 'https://example.com/3' },
    ]);
  });

  test.each([
    ['<html><body></body></html>', 'it is an HTML page'],
    ['<urlset><url><loc>https://example.com/</loc></url></urlset>', 'it is a sitemap'],
    ['{"items":[]}', 'it is neither XML nor a JSON Feed'],
    ['', 'it is neither XML nor a JSON Feed'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseFeed(text, url)).toThrow(
      expect.objectContaining({ code: 'map.invalid-feed', details: { url, reason } }),
    );
  });
});
