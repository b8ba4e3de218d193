import { type Route, sitePage } from '../route.ts';

export const patternRoutes: readonly Route[] = [
  sitePage('/patterns/', {
    title: 'Sewing patterns',
    base: '/patterns/library/',
    modified: '2025-01-06',
    body: `
<p>A pattern says where the holes are and in which order the needle visits them. The planner knows three by heart and can learn
others from a drawing of numbered dots. All of them are older than printing, and none of them belongs to anybody.</p>`,
    links: [
      { text: 'Coptic stitch', href: 'coptic' },
      { text: 'Long stitch', href: 'long-stitch' },
      { text: 'Japanese stab binding', href: './japanese-stab' },
    ],
  }),
  sitePage('/patterns/library/coptic', {
    title: 'Coptic stitch',
    modified: '2025-01-06',
    body: `
<p>The oldest of the patterns needs no glue and leaves the spine bare. Each signature hangs on the one before it by a row of small
chains, so that the book opens flat on a table and stays there.</p>
<p>Use a curved needle and a thick, lightly waxed thread, for it will be seen. The first two signatures are the awkward ones, as
there is nothing yet to hang them on; from the third the hand finds its own rhythm. Pierce five holes for a small book and
seven for a large one.</p>`,
  }),
  sitePage('/patterns/library/long-stitch', {
    title: 'Long stitch',
    modified: '2025-01-06',
    validators: 'last-modified',
    body: `
<p>Here the thread passes through the cover itself and lies in long parallel lines upon the spine. It is the pattern of account
books and sailors' journals, quick to sew and easy to mend on the road.</p>
<p>The cover should be leather or a heavy handmade paper, wide enough to fold around the fore-edge. Cut the slots in the spine
before anything else. The planner spaces them by the number of signatures and leaves a finger's width at head and tail.</p>`,
  }),
  sitePage('/patterns/library/japanese-stab', {
    title: 'Japanese stab binding',
    modified: '2025-01-06',
    body: `
<p>Single leaves, folded once with the fold outwards, are pierced from front to back near the spine and bound with one thread that
wraps around head, tail and back. The book does not open flat, which suits thin papers and short texts.</p>
<p>The plain form has four holes. The noble form adds a hole at each corner, and the tortoise-shell places them in threes. Leave
a margin of at least twenty millimetres, or the words will disappear into the fold.</p>`,
    links: [{ text: '日本語の手引き', href: '/patterns/watoji' }],
  }),
  sitePage('/patterns/watoji', {
    title: '和綴じの手引き',
    language: 'ja',
    charset: 'shift_jis',
    charsetIn: 'header',
    modified: '2025-01-06',
    body: `
<p>和綴じは、紙を二つに折り、折り目を外側にして重ね、背の近くに穴をあけて糸でかがる綴じ方です。糊をほとんど使わないので、傷んだ糸を取り替えるだけで何度でも直すことができます。</p>
<p>もっとも基本となるのは四つ目綴じです。背から十ミリほどのところに四つの穴を等しい間隔であけ、針を通し、天と地と背に糸を回します。糸の長さは本の高さの七倍を目安にしてください。</p>
<p>薄い和紙を使うときは、表紙の裏に同じ紙を一枚足すと、穴のまわりが丈夫になります。急がず、一針ごとに糸をまっすぐ引きましょう。</p>`,
  }),
];
