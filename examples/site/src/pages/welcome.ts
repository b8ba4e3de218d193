import { SITE_ORIGIN } from '../origins.ts';
import { type Route, sitePage } from '../route.ts';

/** The front door, the page about the site, and a page that only the sitemap knows. */
export const welcomeRoutes: readonly Route[] = [
  sitePage('/', {
    title: 'Kettlestitch, a planner for hand-bound books',
    canonical: `${SITE_ORIGIN}/`,
    modified: '2025-01-06',
    body: `
<p>Kettlestitch is a small program for people who bind books by hand. You tell it how many pages you have, how thick the
paper is and how you mean to sew, and it answers with a plan: how to fold the sheets, where to pierce them, how wide the
spine will be and how much board, cloth and thread to lay out before you begin.</p>
<p>It was written at a kitchen table by someone who had cut one cover too narrow. Nothing in it is clever. It adds up
thicknesses, allows for the swelling of thread, and never forgets the hinge. A plan fits on one sheet of paper, so that you
can leave the computer in another room and keep the paste away from the keys.</p>
<p>New binders should take the course of seven evenings, which begins with a single folded sheet. Those who have bound a
book before can go straight to the guide.</p>`,
    links: [
      { text: 'Install Kettlestitch', href: '/guide/install' },
      { text: 'The guide', href: '/guide' },
      { text: 'The first evening', href: '/course/1' },
    ],
  }),
  sitePage('/about', {
    title: 'About this site',
    modified: '2025-01-06',
    body: `
<p>This documentation has grown for some years, and like any place that people have lived in it has acquired a few oddities.
We have listed them here, partly out of honesty and partly because programs that read sites for a living have asked for
something to practise on.</p>
<p>Some of our pages can be reached under more than one address. Old newsletters shout our name in capitals, an editor of ours
liked to write the number of the port, and a well-meaning plug-in escaped letters that had no need of it. They all lead to the
page about folding, and none of them is a page of its own.</p>
<p>There is an archive too large for anyone to want, in one piece and vacuum-packed; a pair of signposts that point at each
other; a few notes we never finished; and a workshop door with a sign on it. Please respect the sign. Two things live with our
neighbours at the Paste Pot and are only mentioned here.</p>`,
    links: [
      { text: 'Folding, from its creases', href: '/guide/folding#creases' },
      { text: 'Folding, as the newsletter had it', href: 'HTTP://SITE.SHEAF.TEST/guide/folding' },
      { text: 'Folding, with the port', href: 'http://site.sheaf.test:80/guide/folding' },
      { text: 'Folding, needlessly escaped', href: '/guide/f%6Fld%69ng' },
      { text: 'Folding, the long way round', href: '/guide/../patterns/.././guide/folding' },
      { text: 'The complete archive', href: '/archive/complete' },
      { text: 'The complete archive, vacuum-packed', href: '/archive/packed' },
      { text: 'A signpost', href: '/loop/a' },
      { text: 'A note without a name', href: '/notes/untitled' },
      { text: 'A note without anything', href: '/notes/empty' },
      { text: 'A note that wants no visitors', href: '/notes/unlisted' },
      { text: 'Draft: lettering a spine', href: '/drafts/spine-lettering' },
      { text: 'Draft: gilding', href: '/drafts/gilding' },
      { text: 'Open draft: headbands', href: '/drafts/open/headbands' },
      { text: 'The workshop door', href: '/members/' },
      { text: 'Behind the workshop door', href: '/members/bench' },
      { text: 'Our partner', href: '/partner' },
      { text: 'A borrowed recipe', href: '/borrowed/paste-recipe' },
      { text: 'The Paste Pot', href: 'http://other.sheaf.test/welcome' },
    ],
  }),
  sitePage('/colophon', {
    title: 'Colophon',
    modified: '2025-01-06',
    validators: 'last-modified',
    body: `
<p>A colophon is the note at the end of a book in which its makers say who they were and what they used. This one is for the
site. It is written in plain HTML by hand, set in whatever serif your machine calls its own, and kept on a shelf above the
cutting mat.</p>
<p>No page links to this one. In a printed book the colophon is found by those who turn the last leaf; here it is found by
those who read the sitemap. We hope both enjoy being alone with it for a moment.</p>
<p>The drawings in the guide were made with a dip pen and a ruler that is not quite straight. The words were checked by a
binder of forty years' standing, who crossed out the adjectives.</p>`,
  }),
];
