import { otherRoute, type Route } from '../route.ts';

/** The pages of the other host. */
export const neighbourRoutes: readonly Route[] = [
  otherRoute('/welcome', {
    kind: 'page',
    title: 'Welcome to the Paste Pot',
    modified: '2025-01-06',
    body: `
<p>The Paste Pot sells flour, brushes and good advice to binders, and has done so from the same corner for longer than the street
has had its name. We are neighbours of Kettlestitch and share a back yard with it, but not an address.</p>
<p>Everything in the shop can be eaten, except the brushes. Come in the morning for fresh paste and in the afternoon for company.</p>`,
    links: [
      { text: 'Our paste', href: '/paste-recipe' },
      { text: 'Next door', href: 'http://site.sheaf.test/' },
    ],
  }),
  otherRoute('/paste-recipe', {
    kind: 'page',
    title: 'Our paste',
    modified: '2025-01-06',
    body: `
<p>One part of flour, five parts of water, a quarter of an hour and a wooden spoon. Begin cold, stir without stopping, and take the
pot from the fire when the paste turns glassy. This is the original; copies are welcome as long as they say so.</p>
<p>A drop of oil of cloves keeps the mice from reading your books before you do.</p>`,
  }),
];
