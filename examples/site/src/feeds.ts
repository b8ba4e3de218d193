import { SITE_ORIGIN } from './origins.ts';
import { type FileAnswer, type Route, siteRoute } from './route.ts';

/** The feeds, which every page of the site names by `<link rel="alternate">`. */
export const feedRoutes: readonly Route[] = [
  siteRoute(
    '/feed.xml',
    feedFile(
      'application/rss+xml; charset=utf-8',
      () => `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>Kettlestitch news</title>
    <link>${SITE_ORIGIN}/news/</link>
    <atom:link href="${SITE_ORIGIN}/feed.xml" rel="self" type="application/rss+xml"/>
    <description>Releases and days out.</description>
    <item>
      <title>Kettlestitch 1.1: longer spines</title>
      <link>${SITE_ORIGIN}/news/1-1</link>
      <guid isPermaLink="false">kettlestitch-news-3</guid>
      <pubDate>Mon, 02 Jun 2025 08:00:00 GMT</pubDate>
      <description><![CDATA[Spines of more than <b>sixty</b> signatures.]]></description>
    </item>
    <item>
      <title>A reading list for long evenings</title>
      <link>${SITE_ORIGIN}/news/reading-list</link>
      <guid isPermaLink="false">kettlestitch-news-2</guid>
      <pubDate>Mon, 07 Apr 2025 08:00:00 GMT</pubDate>
    </item>
    <item>
      <title>Kettlestitch 1.0</title>
      <guid>${SITE_ORIGIN}/news/1-0</guid>
      <pubDate>Mon, 17 Feb 2025 08:00:00 GMT</pubDate>
    </item>
  </channel>
</rss>
`,
    ),
  ),
  siteRoute(
    '/atom.xml',
    feedFile('application/atom+xml; charset=utf-8', (scenario) => {
      const sewn = scenario.changes.includes('changed') ? '2025-06-16T08:00:00Z' : '2025-05-12T08:00:00Z';
      return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Kettlestitch: changes to the documentation</title>
  <id>${SITE_ORIGIN}/atom.xml</id>
  <link rel="self" type="application/atom+xml" href="/atom.xml"/>
  <link rel="alternate" type="text/html" href="/"/>
  <updated>${sewn}</updated>
  <author><name>The Kettlestitch authors</name></author>
  <entry>
    <title>Sewing on tapes</title>
    <id>tag:site.sheaf.test,2025:sewing</id>
    <link rel="alternate" href="${SITE_ORIGIN}/guide/sewing"/>
    <updated>${sewn}</updated>
  </entry>
  <entry>
    <title>Glossary</title>
    <id>tag:site.sheaf.test,2025:glossary</id>
    <link href="glossary/"/>
    <updated>2025-01-06T08:00:00Z</updated>
  </entry>
  <entry>
    <title>Kettlestitch 1.1: longer spines</title>
    <id>tag:site.sheaf.test,2025:1-1</id>
    <link rel="alternate" href="${SITE_ORIGIN}/news/1-1"/>
    <link rel="enclosure" type="application/pdf" href="${SITE_ORIGIN}/downloads/quick-card.pdf"/>
    <updated>2025-06-02T08:00:00Z</updated>
  </entry>
</feed>
`;
    }),
  ),
];

function feedFile(contentType: string, content: FileAnswer['content']): FileAnswer {
  return { kind: 'file', contentType, content, modified: '2025-06-02', validators: 'etag' };
}
