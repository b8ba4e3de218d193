import { type Route, sitePage } from '../route.ts';

interface Evening {
  readonly title: string;
  readonly text: string;
}

const evenings: readonly Evening[] = [
  {
    title: 'First evening: one sheet',
    text: `Take a single sheet of writing paper and fold it once. Look at what you have made: four pages, two leaves and one
crease. Fold ten more and compare them. By the end of the evening your creases will be sharp, your table will be covered with
small empty books, and you will know which way the grain runs without thinking.`,
  },
  {
    title: 'Second evening: a gathering',
    text: `Slip four folded sheets into one another and knock them square on the table. The inner sheets stand out a little
beyond the outer ones. This is called creep, and no amount of knocking will cure it; a sharp knife along a steel rule will.`,
  },
  {
    title: 'Third evening: needle and thread',
    text: `Pierce five holes along the fold and sew a pamphlet: in at the middle, out at one end, past the middle, in at the other
end, and back. Tie the two ends over the long stitch inside. You have bound your first book and may go to bed.`,
  },
  {
    title: 'Fourth evening: the second gathering',
    text: `Two gatherings have to hold on to each other. Sew the first as you did yesterday, lay the second upon it, and link them
at head and tail with a small loop beneath the thread of the first. That loop has given our program its name.`,
  },
  {
    title: 'Fifth evening: boards',
    text: `Cut two boards a little larger than the page on three sides and exactly flush on the fourth. The grain of the board runs
from head to tail like that of the paper. If one of them bows on the table overnight, you will know that it did not.`,
  },
  {
    title: 'Sixth evening: cloth and paste',
    text: `Lay the boards on the back of the cloth with the width of the spine between them, draw around them and paste the boards,
not the cloth. Turn in head and tail first and the sides after. Corners are folded like the sheets of a hospital bed.`,
  },
  {
    title: 'Seventh evening: a book',
    text: `Put the sewn block into its case, paste the endpapers, close it and do not look. Tomorrow it will be a book. Nobody can
tell you what to write in it, but it is customary to leave the first page empty in case something better occurs to you.`,
  },
];

/** A chain of pages, each of which only the one before it links to. */
export const courseRoutes: readonly Route[] = evenings.map(({ title, text }, index) => {
  const number = index + 1;
  return sitePage(`/course/${number}`, {
    title,
    modified: '2025-01-06',
    body: `<p>${text}</p>\n<p>Clear the table when you are done. Paper attracts crumbs, and tomorrow's fold will find them.</p>`,
    ...(number < evenings.length ? { links: [{ text: 'The next evening', href: `/course/${number + 1}` }] } : {}),
  });
});
