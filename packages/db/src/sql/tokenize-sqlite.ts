import { createLexer, endOfQuote, type SqlToken, type SqlTokenKind } from './sql-token.ts';

// As in SQLite's tokenize.c: what a name may go on with is a letter, a digit, `_`, `$` or any byte over 127.
const lexemeAt = createLexer({
  space: '[ \\t\\n\\f\\r\\ufeff]+',
  comment: '--[^\\n]*',
  // At the very end of a text it is two operators.
  block: '/\\*(?=[^])',
  blob: "[xX]'",
  literal: "'",
  identifier: '["`[]',
  word: '[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*',
  parameter: ':[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*',
  placeholder: '\\?\\d*|[:@#$][\\w$\\u0080-\\uffff]+',
  semicolon: ';',
  other: '\\d[\\w$\\u0080-\\uffff]*|::|[^]',
});

export function tokenizeSqlite(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < text.length) {
    const { name, found } = lexemeAt(text, at);
    const end = endOf(text, at, name, found);
    const kind = KINDS[name] ?? (name as SqlTokenKind);
    tokens.push({ kind, text: text.slice(at, end), at, isClosed: end !== undefined });
    at = end ?? text.length;
  }
  return tokens;
}

const KINDS: Readonly<Record<string, SqlTokenKind>> = { block: 'comment', blob: 'literal' };

/** Undefined where the text ends first. */
function endOf(text: string, at: number, name: string, found: string): number | undefined {
  switch (name) {
    case 'block': {
      const end = text.indexOf('*/', at + 2);
      // A comment may be the last of a text without an end.
      return end === -1 ? text.length : end + 2;
    }
    case 'blob': {
      // Nothing in it is escaped: a doubled quote ends one and begins another literal.
      const end = text.indexOf("'", at + 2);
      return end === -1 ? undefined : end + 1;
    }
    case 'literal':
      return endOfQuote(text, at, "'");
    case 'identifier': {
      if (found !== '[') return endOfQuote(text, at, found);
      const end = text.indexOf(']', at);
      return end === -1 ? undefined : end + 1;
    }
    default:
      return at + found.length;
  }
}
