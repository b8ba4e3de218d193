import type { ExpectedDocument } from './expected-document.ts';
import {
  canonicalised,
  deniedRow,
  failedFetch,
  failedRow,
  fileRow,
  pageRow,
  readPage,
  redirected,
} from './expected-rows.ts';
import { OTHER_ORIGIN, SITE_ORIGIN } from './origins.ts';

const COMMANDS_TEXT = ['There are four commands', 'prints a plan again'];
const NOISE = ['Served by build', 'We bake no cookies'];

/**
 * What a correct map and fetch record of the site: written by hand from its definition, one row for each resource.
 *
 * The identity of a document is its URI with the fragment and the default port removed, the host in lower case, dot
 * segments resolved and percent-encoding normalised; the path keeps its case and its final slash, and the query stays as
 * it is. A redirect or a `rel=canonical` within the host makes an alias; one that leaves the host makes none.
 */
export const expectedTable: readonly ExpectedDocument[] = [
  pageRow('/', {
    by: ['sitemap', 'crawl'],
    depth: 0,
    title: 'Kettlestitch, a planner for hand-bound books',
    text: ['who had cut one cover too narrow'],
  }),
  pageRow('/about', { by: ['sitemap', 'crawl'], depth: 1, title: 'About this site' }),
  pageRow('/colophon', { by: ['sitemap'], title: 'Colophon', text: ['crossed out the adjectives'] }),

  pageRow('/guide/', {
    by: ['sitemap', 'crawl'],
    depth: 1,
    title: 'The guide',
    aliases: [redirected('/guide', ['crawl'])],
    text: ['Each chapter is one task'],
  }),
  pageRow('/guide/install', {
    by: ['sitemap', 'crawl'],
    depth: 1,
    title: 'Installing Kettlestitch',
    aliases: [redirected('/install', ['sitemap', 'crawl']), redirected('/install/', ['sitemap', 'crawl'])],
    text: ['It needs no network'],
  }),
  pageRow('/guide/folding', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Folding a signature',
    aliases: [canonicalised('/guide/folding/print', ['crawl'])],
    text: ['never against it', 'five timid ones'],
  }),
  deniedRow('/guide/folding?session=77', { by: ['crawl'], depth: 3 }),
  pageRow('/guide/sewing', {
    by: ['sitemap', 'crawl', 'feed'],
    depth: 2,
    title: 'Sewing on tapes',
    text: ['Three tapes are enough', 'Drop the second'],
    when: {
      changed: readPage({
        title: 'Sewing on tapes',
        versions: 2,
        text: ['Four tapes are now the rule'],
        notText: ['Three tapes are enough'],
      }),
    },
  }),
  pageRow('/guide/pressing', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    isSlow: true,
    title: 'Pressing',
    text: ['text block is a cushion', 'the thread is thicker than you said'],
  }),
  pageRow('/guide/drying', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    isSlow: true,
    title: 'Watching paste dry',
    text: ['Wheat paste takes a night'],
  }),
  pageRow('/guide/casing-in', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Casing in & finishing',
    text: ['Dry-fit first'],
  }),
  failedRow('/guide/mending', { by: ['crawl'], depth: 2, errorCode: 'fetch.http-error', httpStatus: 404 }),

  pageRow('/reference/', { by: ['sitemap', 'crawl'], depth: 1, title: 'Reference', text: ['without advice'] }),
  pageRow('/reference/cli', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Commands',
    text: COMMANDS_TEXT,
    notText: NOISE,
    // Sent again in full, with the same text.
    when: { restamped: readPage({ title: 'Commands', versions: 1, text: COMMANDS_TEXT, notText: NOISE }) },
  }),
  pageRow('/reference/config', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Configuration',
    text: ['costs a whole board'],
  }),
  pageRow('/reference/units', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Units and rounding',
    again: 200,
    text: ['Lengths are kept in hundredths of a millimetre'],
  }),
  failedRow('/reference/exit-codes', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    errorCode: 'fetch.http-error',
    httpStatus: 500,
    when: { healed: readPage({ title: 'Exit codes', text: ['The program ends with zero'] }) },
  }),
  failedRow('/reference/api', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    errorCode: 'fetch.http-error',
    httpStatus: 429,
    when: { healed: readPage({ title: 'The library', text: ['also a library of one function'] }) },
  }),

  pageRow('/patterns/', {
    by: ['sitemap', 'crawl'],
    depth: 1,
    title: 'Sewing patterns',
    text: ['older than printing'],
  }),
  pageRow('/patterns/library/coptic', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Coptic stitch',
    text: ['Use a curved needle'],
  }),
  pageRow('/patterns/library/long-stitch', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Long stitch',
    text: ['the thread passes through the cover itself'],
  }),
  pageRow('/patterns/library/japanese-stab', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Japanese stab binding',
    text: ['The plain form has four holes'],
  }),
  pageRow('/patterns/watoji', {
    by: ['sitemap', 'crawl'],
    depth: 3,
    title: '和綴じの手引き',
    charset: 'shift_jis',
    text: ['もっとも基本となるのは四つ目綴じです'],
  }),

  pageRow('/suppliers', {
    by: ['sitemap', 'crawl'],
    depth: 1,
    title: 'Suppliers',
    aliases: [canonicalised('/suppliers?sort=price', ['crawl'])],
    text: ['Kettlestitch sells nothing'],
  }),
  pageRow('/suppliers?page=2', {
    by: ['crawl'],
    depth: 2,
    title: 'More suppliers',
    text: ['a smith in the hills'],
  }),
  pageRow('/suppliers/cloth', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Leinen und Preise – Frühjahrsliste',
    charset: 'windows-1252',
    text: ['12,50 € je Meter', '„Man bindet mit dem Leinen, das man hat“', '‚Œuvre‘'],
  }),

  pageRow('/glossary/', {
    by: ['sitemap', 'crawl', 'feed'],
    depth: 1,
    title: 'Glossary',
    again: 200,
    text: ['The squares are not square'],
  }),
  pageRow('/glossary/b%C3%BCnde', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Bünde (raised bands)',
    text: ['A true band does not give'],
  }),
  pageRow('/A', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Signature A',
    text: ['A capital A at the foot of a page'],
    notText: ['A small letter a marks'],
  }),
  pageRow('/a', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Signature a',
    text: ['A small letter a marks'],
    notText: ['A capital A at the foot of a page'],
  }),

  pageRow('/news/', { by: ['sitemap', 'crawl'], depth: 1, title: 'News', text: ['the occasional day out'] }),
  pageRow('/news/1-1', {
    by: ['sitemap', 'crawl', 'feed'],
    depth: 2,
    title: 'Kettlestitch 1.1: longer spines',
    aliases: [redirected('/latest', ['crawl'])],
    text: ['more than sixty signatures'],
  }),
  pageRow('/news/1-0', {
    by: ['sitemap', 'crawl', 'feed'],
    depth: 2,
    title: 'Kettlestitch 1.0',
    text: ['After four years of kitchen-table use'],
  }),
  pageRow('/news/reading-list', {
    by: ['feed'],
    title: 'A reading list for long evenings',
    text: ['We recommend anything with wide margins'],
  }),
  pageRow('/news/spring-fair', {
    by: ['sitemap', 'crawl'],
    depth: 2,
    title: 'Meet us at the spring fair',
    text: ['On the last weekend of March'],
    lostBy: { change: 'vanished', method: 'sitemap' },
    when: { vanished: failedFetch({ errorCode: 'fetch.http-error', httpStatus: 404, versions: 1 }) },
  }),
  failedRow('/news/winter-fair', { by: ['sitemap'], errorCode: 'fetch.http-error', httpStatus: 404 }),

  pageRow('/course/1', { by: ['crawl'], depth: 1, title: 'First evening: one sheet' }),
  pageRow('/course/2', { by: ['crawl'], depth: 2, title: 'Second evening: a gathering' }),
  pageRow('/course/3', { by: ['crawl'], depth: 3, title: 'Third evening: needle and thread' }),
  pageRow('/course/4', { by: ['crawl'], depth: 4, title: 'Fourth evening: the second gathering' }),
  pageRow('/course/5', { by: ['crawl'], depth: 5, title: 'Fifth evening: boards' }),
  pageRow('/course/6', { by: ['crawl'], depth: 6, title: 'Sixth evening: cloth and paste' }),
  pageRow('/course/7', {
    by: ['crawl'],
    depth: 7,
    title: 'Seventh evening: a book',
    text: ['Tomorrow it will be a book'],
  }),

  pageRow('/downloads/', {
    by: ['sitemap', 'crawl'],
    depth: 1,
    title: 'Downloads',
    text: ['one file of four kilobytes'],
  }),
  fileRow('/downloads/quick-card.pdf', { by: ['sitemap', 'crawl'], depth: 2, mimeType: 'application/pdf' }),
  failedRow('/downloads/kettlestitch', { by: ['crawl'], depth: 2, errorCode: 'fetch.unsupported-type' }),
  failedRow('/images/sewing-frame.png', { by: ['crawl'], depth: 2, errorCode: 'fetch.unsupported-type' }),
  failedRow('/downloads/kettlestitch-0.9', { by: ['crawl'], depth: 2, errorCode: 'fetch.http-error', httpStatus: 410 }),
  deniedRow('/downloads/plan.tmp', { by: ['crawl'], depth: 2 }),
  pageRow('/downloads/plan.tmp.html', {
    by: ['crawl'],
    depth: 2,
    title: 'A plan, explained',
    text: ['The last lines are a shopping list'],
  }),

  failedRow('/archive/complete', { by: ['crawl'], depth: 2, errorCode: 'web.body-too-large' }),
  failedRow('/archive/packed', { by: ['crawl'], depth: 2, errorCode: 'web.body-too-large' }),
  failedRow('/loop/a', { by: ['crawl'], depth: 2, errorCode: 'web.redirect-loop' }),
  pageRow('/notes/untitled', { by: ['crawl'], depth: 2, title: null, text: ['Hide glue smells of stables'] }),
  pageRow('/notes/empty', { by: ['crawl'], depth: 2, title: null }),
  pageRow('/notes/unlisted', {
    by: ['crawl'],
    depth: 2,
    title: 'A note that wants no visitors',
    text: ['it is merely shy'],
  }),
  deniedRow('/drafts/spine-lettering', { by: ['sitemap', 'crawl'], depth: 2 }),
  deniedRow('/drafts/gilding', { by: ['crawl'], depth: 2 }),
  pageRow('/drafts/open/headbands', {
    by: ['crawl'],
    depth: 2,
    title: 'Open draft: headbands',
    text: ['This draft is open for comments'],
  }),
  pageRow('/members/', {
    by: ['crawl'],
    depth: 2,
    title: 'The workshop door',
    text: ['Beyond this door is the workshop'],
  }),
  deniedRow('/members/bench', { by: ['crawl'], depth: 2 }),
  // The neighbour's page under our URI: what lies on another host never becomes one with ours.
  pageRow('/partner', {
    by: ['crawl'],
    depth: 2,
    title: 'Welcome to the Paste Pot',
    text: ['share a back yard with it, but not an address'],
  }),
  pageRow('/borrowed/paste-recipe', {
    by: ['crawl'],
    depth: 2,
    title: 'A borrowed recipe for paste',
    text: ['The Paste Pot has kindly allowed us'],
  }),
];

/** URLs the server answers that never become a document or an alias, and why. */
export const notDocuments: readonly { readonly uri: string; readonly why: string }[] = [
  { uri: `${SITE_ORIGIN}/robots.txt`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemap.xml`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemaps/pages.xml`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemaps/news.xml.gz`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemaps/reference-index.xml`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemaps/reference.xml`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/sitemaps/patterns.txt`, why: 'read by the map, not part of it' },
  { uri: `${SITE_ORIGIN}/feed.xml`, why: 'read by the map, not part of it; no page links to it by an anchor' },
  { uri: `${SITE_ORIGIN}/atom.xml`, why: 'read by the map, not part of it; no page links to it by an anchor' },
  { uri: `${SITE_ORIGIN}/loop/b`, why: 'a hop of a loop, which leads to no document' },
  { uri: `${OTHER_ORIGIN}/robots.txt`, why: 'on another host' },
  { uri: `${OTHER_ORIGIN}/welcome`, why: 'on another host' },
  { uri: `${OTHER_ORIGIN}/paste-recipe`, why: 'on another host' },
];
