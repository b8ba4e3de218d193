import type { SqlToken } from '../../src/sql/sql-token.ts';

/**
 * The same text with nothing in its quotes and comments: harmless letters of the same length. If the quotes and comments
 * are where the tokens say, a database sees no difference in syntax.
 */
export function blankOut(tokens: readonly SqlToken[]): string {
  return tokens
    .map((token) => {
      if (token.kind === 'comment') return blankComment(token.text);
      if (token.kind === 'literal' || token.kind === 'identifier') return blankQuote(token.text);
      return token.text;
    })
    .join('');
}

function blankComment(text: string): string {
  // The letters of a line's comment stay in its line.
  if (text.startsWith('--')) return `--${'a'.repeat(text.length - 2)}`;
  return text.length < 4 ? text : `/*${'a'.repeat(text.length - 4)}*/`;
}

function blankQuote(text: string): string {
  const opening = /^(?:[A-Za-z]&?)?['"`[]|^\$[^$]*\$/.exec(text)?.[0] as string;
  const closing = opening.startsWith('$') ? opening : opening.endsWith('[') ? ']' : opening.slice(-1);
  const letter = /^[bx]/i.test(opening) ? '0' : 'a';
  return opening + letter.repeat(text.length - opening.length - closing.length) + closing;
}
