import { escapeMarkup } from './markup.ts';
import { type HostName, OTHER_HOST, SITE_HOST } from './origins.ts';
import type { Link, PageAnswer } from './route.ts';
import type { Scenario } from './scenario.ts';

interface Chrome {
  readonly siteName: string;
  readonly imprint: string;
  readonly navigation: readonly Link[];
  readonly feeds: readonly { readonly type: string; readonly title: string; readonly href: string }[];
}

/** What each host puts around its articles. */
const chromes: Readonly<Record<HostName, Chrome>> = {
  [SITE_HOST]: {
    siteName: 'Kettlestitch',
    imprint: 'Kettlestitch is a fictional program. Its documentation is an example.',
    navigation: [
      { text: 'Home', href: '/' },
      { text: 'Guide', href: '/guide/' },
      { text: 'Reference', href: '/reference/' },
      { text: 'Patterns', href: '/patterns/' },
      { text: 'Suppliers', href: '/suppliers' },
      { text: 'Glossary', href: '/glossary/' },
      { text: 'News', href: '/news/' },
      { text: 'Downloads', href: '/downloads/' },
      { text: 'About this site', href: '/about' },
    ],
    feeds: [
      { type: 'application/rss+xml', title: 'News', href: '/feed.xml' },
      { type: 'application/atom+xml', title: 'Changes', href: '/atom.xml' },
    ],
  },
  [OTHER_HOST]: {
    siteName: 'The Paste Pot',
    imprint: 'The Paste Pot is a fictional shop.',
    navigation: [
      { text: 'Welcome', href: '/welcome' },
      { text: 'Paste', href: '/paste-recipe' },
    ],
    feeds: [],
  },
};

/** What `renderPage` needs to know. */
export interface RenderPageOptions {
  readonly host: HostName;
  readonly page: PageAnswer;
  readonly scenario: Scenario;
}

/** The page as an HTML document, not yet encoded in its charset. */
export function renderPage(options: RenderPageOptions): string {
  const { page } = options;
  return [
    '<!doctype html>',
    `<html lang="${page.language ?? 'en'}">`,
    '<head>',
    ...head(options),
    '</head>',
    '<body>',
    ...body(options),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function head(options: RenderPageOptions): string[] {
  const { host, page, scenario } = options;
  const charset = page.charset ?? 'utf-8';
  const saysCharset = (page.charsetIn ?? 'both') !== 'header';
  return [
    // The long form, which old pages have; it must come within the first 1024 bytes.
    ...(saysCharset ? [`<meta http-equiv="Content-Type" content="text/html; charset=${charset}">`] : []),
    ...(page.base ? [`<base href="${escapeMarkup(page.base)}">`] : []),
    ...(page.title === null ? [] : [`<title>${escapeMarkup(page.title)}</title>`]),
    ...(page.isNoindex ? ['<meta name="robots" content="noindex">'] : []),
    ...(page.canonical ? [`<link rel="canonical" href="${escapeMarkup(page.canonical)}">`] : []),
    ...chromes[host].feeds.map(
      (feed) => `<link rel="alternate" type="${feed.type}" title="${feed.title}" href="${feed.href}">`,
    ),
    ...(page.layout === 'noisy'
      ? [
          `<meta name="build" content="${scenario.build}">`,
          `<script nonce="${scenario.build}">window.build = '${scenario.build}';</script>`,
        ]
      : []),
  ];
}

function body(options: RenderPageOptions): string[] {
  const { host, page, scenario } = options;
  const { siteName, imprint, navigation } = chromes[host];
  const article = renderArticle(page);
  if (page.layout === 'print') return article;

  const isNoisy = page.layout === 'noisy';
  return [
    ...(isNoisy
      ? ['<div role="dialog" class="cookie-banner"><p>We bake no cookies. Close this all the same.</p></div>']
      : []),
    `<header><p>${siteName}</p><nav>${linkList(navigation)}</nav></header>`,
    ...(isNoisy ? [`<nav class="breadcrumbs">${linkList(navigation.slice(0, 3))}</nav>`] : []),
    '<main>',
    ...article,
    '</main>',
    ...(isNoisy
      ? [
          '<aside class="sidebar"><h2>Popular today</h2>',
          linkList(navigation.toReversed()),
          `<p>Served by build ${scenario.build}.</p></aside>`,
        ]
      : []),
    `<footer><p>${imprint}</p>${isNoisy ? `<p>Build ${scenario.build}</p>` : ''}</footer>`,
  ];
}

function renderArticle(page: PageAnswer): string[] {
  return [
    '<article>',
    ...(page.title === null ? [] : [`<h1>${escapeMarkup(page.title)}</h1>`]),
    page.body.trim(),
    ...(page.links ? [linkList(page.links)] : []),
    '</article>',
  ];
}

function linkList(links: readonly Link[]): string {
  const items = links.map(({ text, href }) => `<li><a href="${escapeMarkup(href)}">${escapeMarkup(text)}</a></li>`);
  return `<ul>\n${items.join('\n')}\n</ul>`;
}
