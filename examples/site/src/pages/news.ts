import { type Route, sitePage, siteRoute } from '../route.ts';

export const newsRoutes: readonly Route[] = [
  sitePage('/news/', {
    title: 'News',
    modified: '2025-06-02',
    body: `
<p>Releases, and the occasional day out. We announce a version when it is finished and never before, which makes for a quiet
page. Those who prefer to be told can follow the feed.</p>`,
    links: [
      { text: 'The latest', href: '/latest' },
      { text: 'Kettlestitch 1.1', href: '1-1' },
      { text: 'The spring fair', href: 'spring-fair' },
      { text: 'Kettlestitch 1.0', href: '1-0' },
    ],
  }),
  siteRoute('/latest', { kind: 'redirect', status: 302, location: '/news/1-1' }),
  sitePage('/news/1-1', {
    title: 'Kettlestitch 1.1: longer spines',
    modified: '2025-06-02',
    body: `
<p>Version 1.1 plans books of more than sixty signatures. Until now the program added up the thickness of thread as if each layer
were as thick as the first, and the spine of a family Bible came out a finger too wide. It now allows for the way in which thread
beds itself into the folds.</p>
<p>Plans made with the earlier version stay as they are. To have one worked out again, ask for it by name and say that you mean to
replace it.</p>`,
  }),
  sitePage('/news/1-0', {
    title: 'Kettlestitch 1.0',
    modified: '2025-02-17',
    validators: 'last-modified',
    body: `
<p>After four years of kitchen-table use the planner is finished enough to be given a round number. Three hundred and twelve books
have been bound from its plans, of which two had to be taken apart again, both through no fault of the arithmetic.</p>
<p>The number promises that plans, settings and shelves of today will be understood by every version that begins with a one.</p>`,
  }),
  sitePage(
    '/news/spring-fair',
    {
      title: 'Meet us at the spring fair',
      modified: '2025-03-10',
      body: `
<p>On the last weekend of March we shall be in the market hall with a sewing frame, two presses and more paper than is good for
us. Bring a stack of loose sheets and you will leave with a sewn book, though not with a dry one.</p>
<p>The table is opposite the honey. Children may use the bone folders and must not use the awls.</p>`,
    },
    { vanished: { kind: 'failure', status: 404 } },
  ),
  siteRoute('/news/winter-fair', { kind: 'failure', status: 404 }),
  // Only the feed knows this one.
  sitePage('/news/reading-list', {
    title: 'A reading list for long evenings',
    modified: '2025-04-07',
    validators: 'etag',
    body: `
<p>Subscribers to the feed have asked what to read while the paste dries. We recommend anything with wide margins. Manuals of the
craft are best read before the work or long after it, never during, when they only make one unhappy.</p>
<p>For the night in the press choose something short that was bound by somebody else, and look at how it was done before you look
at what it says.</p>`,
  }),
];
