import { type PageAnswer, type Route, sitePage, siteRoute } from '../route.ts';

const FOLDING = `
<p>A signature is a few sheets folded together, one inside the other, and everything else in a book depends on it. Fold with the
grain of the paper, never against it. To find the grain, bend the sheet loosely both ways: the direction in which it gives more
easily is the direction of the fold.</p>
<h2 id="creases">Creases</h2>
<p>Bring the edges together, hold them with one hand and run a bone folder from the middle of the crease outwards. One firm
stroke is better than five timid ones, since rubbing makes the paper shine. Four sheets to a signature is a good beginning; thin
papers allow six, and card will not forgive more than two.</p>
<h2>What the planner does</h2>
<p>Give Kettlestitch the number of pages and it rounds up to whole signatures, spreads the blank leaves evenly over the front and
the back, and prints the order of the sheets. It warns when the inner sheets would creep further than a millimetre beyond the
outer ones, for then the edge has to be trimmed.</p>`;

const SEWING: PageAnswer = {
  kind: 'page',
  title: 'Sewing on tapes',
  modified: '2025-05-12',
  validators: 'etag',
  body: `
<p>Sewing joins the signatures to one another and to two or three linen tapes, which will later hold the boards. Set up the
frame with the tapes upright, lay the first signature on the bench with its fold towards you, and pierce it where the plan says.</p>
<p>Go in at the kettle hole, out before the first tape, over it, in again, and so on to the other end. Drop the second
signature on top and come back the same way. At each end a kettle stitch ties the new signature to the one below it. The
thread should be waxed twice and pulled along the fold, never away from it.</p>
<p>Three tapes are enough for a book of up to thirty centimetres. For anything taller the planner proposes a fourth.</p>`,
  links: [
    { text: 'Before this: folding', href: 'folding' },
    { text: 'After this: pressing', href: './pressing' },
  ],
};

const SEWING_REVISED: PageAnswer = {
  ...SEWING,
  modified: '2025-06-16',
  body: SEWING.body.replace(
    'Three tapes are enough for a book of up to thirty centimetres. For anything taller the planner proposes a fourth.',
    'Four tapes are now the rule for every book above twenty-five centimetres, since the third tape alone was seen to sag.',
  ),
};

export const guideRoutes: readonly Route[] = [
  siteRoute('/guide', { kind: 'redirect', status: 301, location: '/guide/' }),
  sitePage('/guide/', {
    title: 'The guide',
    modified: '2025-01-06',
    body: `
<p>The guide follows a book from a stack of loose sheets to a finished volume with its boards on. Each chapter is one task at the
bench and names the tools before it begins. You can read it in order or open it where you are stuck.</p>
<p>Measurements are in millimetres throughout. Where a step has to dry, the chapter says for how long, and the planner adds the
waiting time to the plan so that you know on which day you will be done.</p>`,
    links: [
      { text: 'Installing', href: 'install' },
      { text: 'Folding', href: 'folding' },
      { text: 'Sewing', href: 'sewing' },
      { text: 'Pressing', href: 'pressing' },
      { text: 'Drying', href: 'drying' },
      { text: 'Casing in', href: 'casing-in' },
      { text: 'Mending (a chapter that went missing)', href: 'mending' },
    ],
  }),
  siteRoute('/install', { kind: 'redirect', status: 301, location: '/install/' }),
  siteRoute('/install/', { kind: 'redirect', status: 301, location: 'http://site.sheaf.test/guide/install' }),
  sitePage('/guide/install', {
    title: 'Installing Kettlestitch',
    // Itself, in the spelling of a template that nobody looked at again.
    canonical: 'http://SITE.sheaf.test:80/guide/install',
    modified: '2025-01-06',
    body: `
<p>Kettlestitch is one file. Put it into a folder that your shell searches, make it executable and run it once without
arguments: it prints its version and the folder in which it keeps your papers, cloths and threads.</p>
<p>It needs no network. The list of papers that comes with it holds the forty most common ones; add your own with the command
described in the reference. To remove the program, delete the file and that folder.</p>
<p>On a machine that you share with others, each person has a shelf of their own. Nothing is shared unless you copy it by hand,
which in our experience is how binders prefer it.</p>`,
    links: [{ text: 'All downloads', href: '/downloads/' }],
  }),
  sitePage('/guide/folding', {
    title: 'Folding a signature',
    modified: '2025-01-06',
    body: FOLDING,
    links: [
      { text: 'To print', href: '/guide/folding/print' },
      { text: 'Keep my place', href: '/guide/folding?session=77' },
      { text: 'Next: sewing', href: 'sewing#top' },
    ],
  }),
  sitePage('/guide/folding/print', {
    title: 'Folding a signature',
    layout: 'print',
    canonical: '/guide/folding',
    modified: '2025-01-06',
    body: FOLDING,
  }),
  // Disallowed by robots.txt: a crawler that asks for it anyway gets the page and gives itself away.
  sitePage('/guide/folding?session=77', { title: 'Folding a signature', modified: '2025-01-06', body: FOLDING }),
  siteRoute('/guide/sewing', SEWING, { changed: SEWING_REVISED }),
  sitePage('/guide/pressing', {
    title: 'Pressing',
    modified: '2025-01-06',
    delay: 'body',
    body: `
<p>Fresh from the frame a text block is a cushion. Put it between two boards, line up the folds, and leave it in the press
overnight under as much weight as two heavy dictionaries. A nipping press is pleasant to own but does not press any better than
patience does.</p>
<p>Measure the spine after pressing, not before. The planner asks for this number and compares it with the one it foresaw; a
difference of more than two millimetres means that the thread is thicker than you said, or the paper softer.</p>`,
  }),
  sitePage('/guide/drying', {
    title: 'Watching paste dry',
    modified: '2025-01-06',
    delay: 'headers',
    body: `
<p>Wheat paste takes a night, glue an hour, and a mixture of the two whatever it likes. Do not hurry any of them with a hair
dryer: boards that dry from one side only will bow towards it and stay that way.</p>
<p>Change the blotting paper after the first hour and again before you go to bed. A book is dry when the board no longer feels
cool against the cheek. This page takes its time as well, so that nobody can say it did not practise what it preaches.</p>`,
  }),
  sitePage('/guide/casing-in', {
    title: 'Casing in & finishing',
    modified: '2025-02-10',
    validators: 'last-modified',
    body: `
<p>Casing in is the moment in which the sewn block and its cover become a book. Dry-fit first. Slip the block into the case,
close it, and look at the three squares, the narrow margins of board beyond the paper: they must be equal before any paste
comes near them.</p>
<p>Then paste one endpaper from the middle outwards, close the board on it without lifting it again, turn the book over and do
the other. Put it under weight at once. Opening it to look is the commonest of all mistakes, and every binder makes it twice.</p>`,
  }),
  siteRoute('/guide/mending', { kind: 'failure', status: 404 }),
];
