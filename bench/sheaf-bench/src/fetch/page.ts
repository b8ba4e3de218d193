const WORDS =
  'paper fold thread needle spine board cloth paste signature sewing tape band linen press grain margin hinge'.split(
    ' ',
  );

/** Numbers in [0, 1) that are the same for a seed in every process (Numerical Recipes' linear congruential generator). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export type PageSize = 'article' | 'small';

/** A page by its number: an article is about 10 kB with a menu, headings, links and metadata; a small one about 1 kB. */
export function pageOf(number: number, size: PageSize): string {
  const random = randomOf(number + 1);
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] as string;
  const words = (count: number): string => Array.from({ length: count }, word).join(' ');
  const title = `Page ${number}: ${words(3)}`;
  const head = `<meta charset="utf-8"><title>${title}</title><meta name="description" content="${words(20)}">`;
  if (size === 'small') {
    return `<!doctype html><html lang="en"><head>${head}</head><body><main><h1>${title}</h1><p>${words(80)}</p></main></body></html>`;
  }
  const menu = WORDS.map((name, index) => `<li><a href="/menu/${index}">${name}</a></li>`).join('');
  const parts = Array.from({ length: 12 }, (_, index) => {
    const heading = index % 4 === 0 ? `<h2>${words(3)}</h2>` : '';
    return `${heading}<p>${words(90)}. See <a href="/p/${Math.floor(random() * 1_000)}">${words(2)}</a>.</p>`;
  }).join('\n');
  const facts = JSON.stringify({ '@type': 'Article', headline: title, author: { name: words(2) } });
  return `<!doctype html><html lang="en"><head>${head}<script type="application/ld+json">${facts}</script></head>
<body><header><nav><ul>${menu}</ul></nav></header><main><article><h1>${title}</h1>
${parts}</article></main><footer><p>Copyright ${words(4)}</p></footer></body></html>`;
}
