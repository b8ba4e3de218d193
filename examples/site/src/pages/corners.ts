import { OTHER_ORIGIN } from '../origins.ts';
import { type Route, sitePage, siteRoute } from '../route.ts';

/** Larger than the 10 MB (or MiB) beyond which a reader ought to give up. */
const FLOOD_BYTES = 12 * 1024 * 1024;

/** The oddities that the page about the site lists. */
export const cornerRoutes: readonly Route[] = [
  siteRoute('/archive/complete', { kind: 'flood', size: FLOOD_BYTES }),
  siteRoute('/archive/packed', { kind: 'flood', size: FLOOD_BYTES, isCompressed: true }),
  siteRoute('/loop/a', { kind: 'redirect', status: 302, location: '/loop/b' }),
  siteRoute('/loop/b', { kind: 'redirect', status: 302, location: '/loop/a' }),
  sitePage('/notes/untitled', {
    title: null,
    modified: '2025-01-06',
    body: `
<p>This note was begun on the back of an envelope and never given a name. It concerns the smell of old glue, which is neither
pleasant nor unpleasant, and by which one can tell the decade in which a book was last repaired.</p>
<p>Hide glue smells of stables, the glue of the fifties of almonds, and that of the seventies of nothing at all, which is how one
knows it. Whoever finishes this note may choose its title.</p>`,
  }),
  siteRoute('/notes/empty', {
    kind: 'file',
    contentType: 'text/html; charset=utf-8',
    content: () => '',
    modified: '2025-01-06',
  }),
  sitePage('/notes/unlisted', {
    title: 'A note that wants no visitors',
    isNoindex: true,
    modified: '2025-01-06',
    body: `
<p>This page asks search engines not to list it. It has nothing to hide; it is merely shy. Anybody who follows a link may read it,
and a program that keeps an archive for its owner may keep it as well.</p>
<p>It holds the recipe for a marbling bath that has never once succeeded: carragheen moss, rain water, patience and a day without
wind.</p>`,
  }),
  sitePage('/drafts/spine-lettering', {
    title: 'Draft: lettering a spine',
    modified: '2025-06-02',
    body: '<p>Not ready. The letters run from bottom to top in one half of the world, and we have yet to say which.</p>',
  }),
  sitePage('/drafts/gilding', {
    title: 'Draft: gilding',
    modified: '2025-06-02',
    body: '<p>Not ready. Do not breathe.</p>',
  }),
  sitePage('/drafts/open/headbands', {
    title: 'Open draft: headbands',
    modified: '2025-06-02',
    body: `
<p>This draft is open for comments. A headband is the small striped roll of silk at the top of the spine. It once held the book
together when somebody pulled it from the shelf by its head, and is now mostly there because a book looks undressed without it.</p>
<p>Sew it over a core of rolled paper with two needles and two colours. Anchor it in the middle of every third signature. We are
not sure about the number three and would like to hear from you.</p>`,
  }),
  sitePage('/members/', {
    title: 'The workshop door',
    modified: '2025-01-06',
    body: `
<p>Beyond this door is the workshop, in which members keep their unfinished books. Visitors are asked to remain outside. You can
look through the pane: the long table on the left is for sewing, and the one at the window for leather.</p>
<p>Membership is open to anybody who has finished the seventh evening of the course and can show what came of it.</p>`,
    links: [{ text: 'To the bench', href: 'bench' }],
  }),
  sitePage('/members/bench', {
    title: 'The bench',
    modified: '2025-06-02',
    body: '<p>You should not be here. Mind the knives.</p>',
  }),
  siteRoute('/partner', { kind: 'redirect', status: 302, location: `${OTHER_ORIGIN}/welcome` }),
  sitePage('/borrowed/paste-recipe', {
    title: 'A borrowed recipe for paste',
    canonical: `${OTHER_ORIGIN}/paste-recipe`,
    modified: '2025-01-06',
    body: `
<p>The Paste Pot has kindly allowed us to repeat its recipe. Stir one part of wheat flour into five parts of cold water until no
lump is left, warm it slowly and never stop stirring. When it turns glassy and pulls away from the spoon it is done.</p>
<p>Press it through a sieve while warm and keep it cool. It lasts for a week and tells you clearly when the week is over.</p>`,
  }),
];
