import { type Route, sitePage, siteRoute } from '../route.ts';

export const referenceRoutes: readonly Route[] = [
  sitePage('/reference/', {
    title: 'Reference',
    modified: '2025-01-06',
    validators: 'weak-etag',
    body: `
<p>The reference describes every command, setting and number of Kettlestitch, without advice. For advice turn to the guide. Each
page states what the program does and what it refuses to do, and both are tested before a release.</p>`,
    links: [
      { text: 'Commands', href: 'cli' },
      { text: 'Configuration', href: 'config' },
      { text: 'Units', href: 'units' },
      { text: 'Exit codes', href: 'exit-codes' },
      { text: 'The library', href: 'api' },
    ],
  }),
  sitePage('/reference/cli', {
    title: 'Commands',
    layout: 'noisy',
    modified: '2025-01-06',
    validators: 'etag',
    body: `
<p>There are four commands. The first makes a plan from the size of the page, the number of pages and the name of the paper. The
second prints a plan again, for the plans that fell into the paste. The third lists what is on your shelf, and the last one puts
something new on it.</p>
<p>Every command reads its arguments from left to right and takes the last word for the name of the book. A name that has been
used before is refused unless you say that you mean to replace it. Nothing is ever deleted by a command; to throw a plan away,
delete its file.</p>
<p>Plans are printed as plain text of at most sixty lines, so that one sheet is enough. With the option for programs the same
plan is printed as a table of names and numbers, and its columns will not change within a major version.</p>`,
  }),
  sitePage('/reference/config', {
    title: 'Configuration',
    modified: '2025-01-06',
    validators: 'weak-etag',
    isCompressed: true,
    body: `
<p>Settings are read from a file named after the program in your home folder. A missing file is fine, a missing setting takes its
default, and a setting with a misspelt name stops the program with the line on which it stands, since a silently ignored margin
costs a whole board.</p>
<p>The most useful settings are the allowance for the hinge, seven millimetres by default, the width of the squares, three
millimetres, and the name of the thread you usually sew with. A project can have a file of its own, whose settings win over
yours.</p>`,
  }),
  sitePage('/reference/units', {
    title: 'Units and rounding',
    modified: '2025-01-06',
    validators: 'neither',
    body: `
<p>Lengths are kept in hundredths of a millimetre and printed in whole ones. Rounding happens once, at the very end, and always in
the direction that leaves more material: a board that is a hair too wide can be trimmed, while one that is too narrow becomes a
bookmark.</p>
<p>The thickness of paper may be given as a caliper in micrometres or as a weight in grams per square metre together with its
bulk. Inches are understood, converted on the spot and never printed.</p>`,
  }),
  siteRoute(
    '/reference/exit-codes',
    { kind: 'failure', status: 500 },
    {
      healed: {
        kind: 'page',
        title: 'Exit codes',
        modified: '2025-06-10',
        body: `
<p>The program ends with zero when it made a plan, with one when the plan cannot be carried out with the materials on your shelf,
and with two when it did not understand the question. Scripts can rely on these three and should treat any other number as a
fault of the machine.</p>
<p>A plan that cannot be carried out is still printed, with the missing pieces marked, because knowing how much cloth is lacking
is most of what one needs to buy it.</p>`,
      },
    },
  ),
  siteRoute(
    '/reference/api',
    { kind: 'failure', status: 429, retryAfter: 1 },
    {
      healed: {
        kind: 'page',
        title: 'The library',
        modified: '2025-06-10',
        body: `
<p>Everything the program can do is also a library of one function. It takes a description of the book and returns the plan as a
value, without reading a file or printing a line. The program itself is a thin wrapper around it.</p>
<p>The function is pure: the same book gives the same plan on every machine and in every year. When a calculation had to be
corrected, the old one stayed available under the number of its edition.</p>`,
      },
    },
  ),
];
