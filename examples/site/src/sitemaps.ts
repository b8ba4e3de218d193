import { gzipSync } from 'node:zlib';
import { escapeMarkup } from './markup.ts';
import { SITE_ORIGIN } from './origins.ts';
import { type FileAnswer, type Route, siteRoute } from './route.ts';
import type { Change, Scenario } from './scenario.ts';

/** A `<url>` or `<sitemap>` of a sitemap file. */
export interface SitemapEntry {
  /** As written in the file. */
  readonly loc: string;
  /** An ISO day. */
  readonly lastmod?: string;
  /** The change that puts another `lastmod` here. */
  readonly when?: { readonly change: Change; readonly lastmod: string };
  /** The change that takes the entry out. */
  readonly until?: Change;
}

/** A sitemap file of the site. */
export interface Sitemap {
  readonly path: string;
  /** A list of pages as XML or as text, or a list of sitemaps. */
  readonly kind: 'urlset' | 'text' | 'index';
  /** The file's bytes are gzip: a content type, not a Content-Encoding. */
  readonly isGzipped?: boolean;
  readonly entries: readonly SitemapEntry[];
}

const at = (path: string, lastmod?: string): SitemapEntry =>
  lastmod ? { loc: SITE_ORIGIN + path, lastmod } : { loc: SITE_ORIGIN + path };

/** The sitemap files; robots.txt names the first and the last. */
export const sitemaps: readonly Sitemap[] = [
  {
    path: '/sitemap.xml',
    kind: 'index',
    entries: [
      at('/sitemaps/pages.xml', '2025-05-12'),
      at('/sitemaps/news.xml.gz', '2025-06-02'),
      at('/sitemaps/reference-index.xml'),
    ],
  },
  {
    path: '/sitemaps/pages.xml',
    kind: 'urlset',
    entries: [
      at('/', '2025-01-06'),
      at('/about', '2025-01-06'),
      at('/guide/', '2025-01-06'),
      at('/guide/install', '2025-01-06'),
      // A redirect that nobody took out.
      at('/install', '2023-04-01'),
      // The page's canonical spelling is /guide/folding.
      { loc: 'http://SITE.sheaf.test:80/guide/%66olding#top', lastmod: '2025-01-06' },
      { ...at('/guide/sewing', '2025-05-12'), when: { change: 'changed', lastmod: '2025-06-16' } },
      at('/guide/pressing', '2025-01-06'),
      at('/guide/drying', '2025-01-06'),
      at('/guide/casing-in', '2025-02-10'),
      at('/suppliers'),
      at('/suppliers/cloth', '2025-03-03'),
      at('/glossary/'),
      at('/glossary/b%c3%bcnde'),
      at('/A'),
      at('/a'),
      at('/downloads/'),
      at('/downloads/quick-card.pdf'),
      // No page links here.
      at('/colophon', '2025-01-06'),
      // Disallowed by robots.txt.
      at('/drafts/spine-lettering'),
    ],
  },
  {
    path: '/sitemaps/news.xml.gz',
    kind: 'urlset',
    isGzipped: true,
    entries: [
      at('/news/', '2025-06-02'),
      at('/news/1-0', '2025-02-17'),
      at('/news/1-1', '2025-06-02'),
      { ...at('/news/spring-fair', '2025-03-10'), until: 'vanished' },
      // Stale from the beginning: answers 404.
      at('/news/winter-fair', '2024-11-04'),
    ],
  },
  {
    path: '/sitemaps/reference-index.xml',
    kind: 'index',
    entries: [at('/sitemaps/reference.xml')],
  },
  {
    path: '/sitemaps/reference.xml',
    kind: 'urlset',
    entries: [
      at('/reference/'),
      at('/reference/cli'),
      at('/reference/config'),
      at('/reference/units'),
      at('/reference/exit-codes'),
      at('/reference/api'),
    ],
  },
  {
    path: '/sitemaps/patterns.txt',
    kind: 'text',
    entries: [
      at('/patterns/'),
      at('/patterns/library/coptic'),
      at('/patterns/library/long-stitch'),
      at('/patterns/library/japanese-stab'),
      at('/patterns/watoji'),
    ],
  },
];

export const sitemapRoutes: readonly Route[] = sitemaps.map((sitemap) => siteRoute(sitemap.path, sitemapFile(sitemap)));

function sitemapFile(sitemap: Sitemap): FileAnswer {
  const isText = sitemap.kind === 'text';
  const contentType = sitemap.isGzipped ? 'application/gzip' : isText ? 'text/plain; charset=utf-8' : 'application/xml';
  return {
    kind: 'file',
    contentType,
    content: (scenario) => {
      const text = renderSitemap(sitemap, scenario);
      return sitemap.isGzipped ? gzipSync(text) : text;
    },
    modified: '2025-06-02',
    validators: 'etag',
  };
}

function renderSitemap(sitemap: Sitemap, scenario: Scenario): string {
  const happened = (change?: Change): boolean => change !== undefined && scenario.changes.includes(change);
  const entries = sitemap.entries.filter((entry) => !happened(entry.until));
  if (sitemap.kind === 'text') return entries.map((entry) => `${entry.loc}\n`).join('');

  const [list, item] = sitemap.kind === 'index' ? ['sitemapindex', 'sitemap'] : ['urlset', 'url'];
  const lines = entries.map((entry) => {
    const lastmod = happened(entry.when?.change) ? entry.when?.lastmod : entry.lastmod;
    return `  <${item}><loc>${escapeMarkup(entry.loc)}</loc>${lastmod ? `<lastmod>${lastmod}</lastmod>` : ''}</${item}>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<${list} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`,
    ...lines,
    `</${list}>`,
    '',
  ].join('\n');
}
