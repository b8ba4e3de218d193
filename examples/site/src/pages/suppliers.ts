import { type Route, sitePage } from '../route.ts';

const SUPPLIERS = `
<p>Kettlestitch sells nothing. These are the workshops whose papers, boards and threads are on the shelf that comes with the
program, in the order in which we met them. None of them has paid to be here, and one has asked twice to be taken off, which we
took for modesty.</p>
<p>Prices change with the harvest of flax and the mood of the mill. Where we know one it is for a single sheet or a single metre,
fetched in person.</p>`;

const LINKS = [
  { text: 'By price', href: '?sort=price' },
  { text: 'More suppliers', href: '?page=2' },
  { text: 'Leinen und Preise', href: '/suppliers/cloth' },
];

export const supplierRoutes: readonly Route[] = [
  sitePage('/suppliers', { title: 'Suppliers', modified: '2025-03-03', body: SUPPLIERS, links: LINKS }),
  // The same list in another order, which says so itself.
  sitePage('/suppliers?sort=price', {
    title: 'Suppliers',
    canonical: 'http://site.sheaf.test/suppliers',
    modified: '2025-03-03',
    body: SUPPLIERS,
    links: LINKS,
  }),
  // A page of its own.
  sitePage('/suppliers?page=2', {
    title: 'More suppliers',
    canonical: 'http://site.sheaf.test/suppliers?page=2',
    modified: '2025-03-03',
    body: `
<p>The second half of the list is for what a binder buys once in a lifetime. There is a smith in the hills who forges paring
knives to the shape of your hand, a turner who makes bone folders from the wood of old pear trees, and a widow who still has
three cast-iron presses in her barn and will part with one of them for the right answer to a question she does not repeat.</p>
<p>Write before you travel. Two of the three do not keep a telephone, and the third does not hear it.</p>`,
    links: [{ text: 'Back to the first half', href: '/suppliers' }],
  }),
  // The charset is said by the page alone; the header has none.
  sitePage('/suppliers/cloth', {
    title: 'Leinen und Preise – Frühjahrsliste',
    language: 'de',
    charset: 'windows-1252',
    charsetIn: 'meta',
    modified: '2025-03-03',
    body: `
<p>Unser Buchleinen kommt aus einer Weberei im Mühlviertel, die seit über hundert Jahren nichts anderes macht. Es ist auf Papier
kaschiert, läuft beim Kleben nicht ein und kostet derzeit 12,50 € je Meter bei einer Breite von 130 cm.</p>
<p>„Man bindet mit dem Leinen, das man hat“, pflegte die alte Weberin zu sagen – und verkaufte einem dann doch das bessere. Für
Einbände im Großformat empfehlen wir die Qualität ‚Œuvre‘, die etwas fester ausfällt und 15,80 € kostet…</p>
<p>Muster schicken wir gegen einen frankierten Umschlag. Bitte schreiben Sie dazu, für welches Buch das Leinen gedacht ist; wir
sind neugierig.</p>`,
  }),
];
