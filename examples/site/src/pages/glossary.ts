import { type Route, sitePage } from '../route.ts';

export const glossaryRoutes: readonly Route[] = [
  sitePage('/glossary/', {
    title: 'Glossary',
    modified: '2025-01-06',
    validators: 'neither',
    body: `
<p>Binders have words of their own, many of them borrowed from the neighbours. A kettle stitch has nothing to do with tea: the
word comes from a small chain. The squares are not square. The tail of a book is its foot, and the head of a book has a cap.</p>
<p>The sheets of a book are marked with letters at the foot of their first page, so that the binder can gather them in order.
Capital letters mark the text and small ones what was printed last but stands first: the title, the preface and the thanks.</p>`,
    links: [
      { text: 'Bünde', href: 'bünde' },
      { text: 'Bünde, with its umlaut escaped', href: 'b%c3%bcnde' },
      { text: 'The mark A', href: '/A' },
      { text: 'The mark a', href: '/a' },
    ],
  }),
  sitePage('/glossary/b%C3%BCnde', {
    title: 'Bünde (raised bands)',
    modified: '2025-01-06',
    body: `
<p>The ridges across the spine of an old book are the cords on which it was sewn, showing through the leather. The German word for
them is the plural of a word that also means a covenant, and a finisher will tell you that this is no accident.</p>
<p>In many later books the ridges are false: strips of card glued to a hollow back for the look of it. Press one with a
thumbnail. A true band does not give.</p>`,
  }),
  sitePage('/A', {
    title: 'Signature A',
    modified: '2025-01-06',
    body: `
<p>A capital A at the foot of a page says that here begins the first sheet of the text proper. The second is marked B, and so on
through the alphabet of the old printers, who had no J, no U and no W. After Z they went on with AA.</p>
<p>If your book begins with A and nothing stands before it, then either it has no preface or you are missing one.</p>`,
  }),
  sitePage('/a', {
    title: 'Signature a',
    modified: '2025-01-06',
    body: `
<p>A small letter a marks the first sheet of the preliminaries, which were set last, when the author had finally decided whom to
thank. They are bound in front of the sheet with the capital letter and are easily mistaken for it by programs and apprentices.</p>
<p>Their pages carry Roman numerals, so that a late change of heart did not disturb the numbers of the text.</p>`,
  }),
];
