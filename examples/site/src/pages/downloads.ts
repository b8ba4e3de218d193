import { createPdf } from '../pdf.ts';
import { createPng } from '../png.ts';
import { type Route, sitePage, siteRoute } from '../route.ts';

// Starts like an executable file, and has bytes in it that no text has.
const PROGRAM: Uint8Array = Uint8Array.from({ length: 4096 }, (_, index) =>
  index < 4 ? ([0x7f, 0x45, 0x4c, 0x46][index] ?? 0) : (index * 167 + (index >> 5) * 31) & 0xff,
);

const QUICK_CARD: Uint8Array = createPdf({
  title: 'Kettlestitch quick card',
  lines: [
    'Kettlestitch quick card',
    '',
    'Fold with the grain.',
    'Pierce from the inside.',
    'Wax the thread twice.',
    'Measure the spine after pressing.',
    'Do not open the book to look.',
  ],
});

// Four uprights and a beam, roughly.
const SEWING_FRAME: Uint8Array = createPng({
  width: 48,
  height: 48,
  shade: (x, y) => (y > 40 || y < 4 || x % 12 < 2 ? 60 : 235),
});

export const downloadRoutes: readonly Route[] = [
  sitePage('/downloads/', {
    title: 'Downloads',
    modified: '2025-06-02',
    body: `
<p>The program is one file of four kilobytes. The quick card is a sheet to pin above the bench. Earlier versions were taken down
when they could no longer be supported; plans that were made with them are still understood.</p>
<p><img src="/images/sewing-frame.png" alt="A sewing frame, roughly" width="48" height="48"></p>`,
    links: [
      { text: 'How to install it', href: '/install' },
      { text: 'Kettlestitch 1.1', href: 'kettlestitch' },
      { text: 'The quick card, as PDF', href: 'quick-card.pdf' },
      { text: 'The sewing frame, larger', href: '/images/sewing-frame.png' },
      { text: 'Kettlestitch 0.9', href: 'kettlestitch-0.9' },
      { text: 'A plan in progress', href: 'plan.tmp' },
      { text: 'A plan, explained', href: 'plan.tmp.html' },
    ],
  }),
  siteRoute('/downloads/quick-card.pdf', {
    kind: 'file',
    contentType: 'application/pdf',
    content: () => QUICK_CARD,
    modified: '2025-01-06',
  }),
  siteRoute('/downloads/kettlestitch', {
    kind: 'file',
    contentType: 'text/html',
    content: () => PROGRAM,
    modified: '2025-06-02',
  }),
  siteRoute('/images/sewing-frame.png', {
    kind: 'file',
    contentType: 'image/png',
    content: () => SEWING_FRAME,
    modified: '2025-01-06',
  }),
  siteRoute('/downloads/kettlestitch-0.9', { kind: 'failure', status: 410 }),
  // Disallowed by `/*.tmp$` …
  siteRoute('/downloads/plan.tmp', {
    kind: 'file',
    contentType: 'text/plain; charset=utf-8',
    content: () => 'A plan in progress. Nobody should have read this.\n',
    modified: '2025-06-02',
  }),
  // … which this one is not, since it does not end there.
  sitePage('/downloads/plan.tmp.html', {
    title: 'A plan, explained',
    modified: '2025-06-02',
    body: `
<p>The plan on this page is for a notebook of ninety-six pages on laid paper, sewn on three tapes. Its first lines give the number
of signatures and the order of the sheets; the middle part is a ruler with the holes marked on it, to be laid along the fold.</p>
<p>The last lines are a shopping list. Board is counted with the waste, cloth without it, and thread with a good arm's length to
spare, because nothing is as annoying as a knot in the middle of a signature.</p>`,
  }),
];
