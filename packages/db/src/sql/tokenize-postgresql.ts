import { createLexer, endOfQuote, type SqlToken, type SqlTokenKind } from './sql-token.ts';

// As in PostgreSQL's scan.l, with `standard_conforming_strings` on.
const lexemeAt = createLexer({
  space: '[ \\t\\n\\r\\f\\v]+',
  comment: '--[^\\n\\r]*',
  block: '/\\*',
  escapes: "[eE]'",
  bits: "[bBxX]'",
  literal: "(?:[uU]&)?'",
  identifier: '(?:[uU]&)?"',
  dollar: '\\$(?:[A-Za-z_\\u0080-\\uffff][A-Za-z0-9_\\u0080-\\uffff]*)?\\$',
  placeholder: '\\$\\d+',
  word: '[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*',
  parameter: ':[A-Za-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*',
  semicolon: ';',
  other: '\\d+(?:_\\d+)*(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|::|:=|[^]',
});

/**
 * Literals that are one although a line ends between them: the second goes on under the rules of the first. Each comment is
 * taken as a whole, so that no text takes long.
 */
const CONTINUATION = /(?:[ \t\f\v]|--[^\n\r]*(?=[\n\r]))*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;

export function tokenizePostgresql(text: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const places = createPlaces();
  let at = 0;
  while (at < text.length) {
    const { name, found } = lexemeAt(text, at);
    // A colon that begins no parameter stands by itself: what follows it is a name or a number.
    const isColon = name === 'parameter' && !places.takesParameter();
    const end = isColon ? at + 1 : endOf(text, at, name, found);
    const token: SqlToken = {
      kind: isColon ? 'other' : (KINDS[name] ?? (name as SqlTokenKind)),
      text: text.slice(at, end),
      at,
      isClosed: end !== undefined,
    };
    places.pass(token);
    tokens.push(token);
    at = end ?? text.length;
  }
  return tokens;
}

const KINDS: Readonly<Record<string, SqlTokenKind>> = {
  block: 'comment',
  bits: 'literal',
  escapes: 'literal',
  dollar: 'literal',
};

/** Undefined where the text ends first. */
function endOf(text: string, at: number, name: string, found: string): number | undefined {
  switch (name) {
    case 'block':
      return endOfNestedComment(text, at);
    // Nothing in bits is escaped: a doubled quote ends them and begins another literal.
    case 'bits':
      return endOfString(text, at + 1, (from) => endOfBits(text, from));
    case 'escapes':
      return endOfString(text, at + 1, (from) => endOfEscapes(text, from));
    case 'literal':
      return endOfString(text, at + found.length - 1, (from) => endOfQuote(text, from, "'"));
    case 'identifier':
      return endOfQuote(text, at + found.length - 1, '"');
    case 'dollar': {
      const end = text.indexOf(found, at + found.length);
      return end === -1 ? undefined : end + found.length;
    }
    default:
      return at + found.length;
  }
}

function endOfNestedComment(text: string, at: number): number | undefined {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = at;
  let depth = 0;
  for (let edge = edges.exec(text); edge !== null; edge = edges.exec(text)) {
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  return undefined;
}

/** `endOf` gives the end of a part of the string that begins with the quote at a place. */
function endOfString(text: string, at: number, endOf: (at: number) => number | undefined): number | undefined {
  let end = endOf(at);
  while (end !== undefined) {
    CONTINUATION.lastIndex = end;
    if (!CONTINUATION.test(text)) return end;
    end = endOf(CONTINUATION.lastIndex - 1);
  }
  return undefined;
}

function endOfBits(text: string, at: number): number | undefined {
  const end = text.indexOf("'", at + 1);
  return end === -1 ? undefined : end + 1;
}

function endOfEscapes(text: string, at: number): number | undefined {
  let position = at + 1;
  while (position < text.length) {
    if (text[position] === '\\') position += 2;
    else if (text[position] !== "'") position += 1;
    else if (text[position + 1] === "'") position += 2;
    else return position + 1;
  }
  return undefined;
}

interface Places {
  /** Whether a `:name` here is a parameter. */
  takesParameter(): boolean;
  pass(token: SqlToken): void;
}

type Bracket = '(' | 'subscript' | 'array';

/**
 * Tells a parameter from the other colons of PostgreSQL: slices (`a[1:n]`, `a[ :n ]`) and `JSON_OBJECT('k':v)`. Within a
 * subscript a colon is that of a slice, unless there are parentheses around it; elsewhere it begins a parameter, if
 * nothing that could be its left side touches it.
 */
function createPlaces(): Places {
  const brackets: Bracket[] = [];
  let last: SqlToken | undefined;
  let lastSignificant: SqlToken | undefined;
  const opens = (): Bracket => {
    const text = lastSignificant?.text ?? '';
    const isNested = brackets.at(-1) === 'array' && (text === '[' || text === ',');
    return isNested || (lastSignificant?.kind === 'word' && /^array$/i.test(text)) ? 'array' : 'subscript';
  };
  return {
    takesParameter() {
      if (brackets.at(-1) === 'subscript') return false;
      if (last === undefined || last.kind === 'space' || last.kind === 'comment') return true;
      return last.kind === 'other' ? !/[\w)\]]$/.test(last.text) : last.kind === 'semicolon';
    },
    pass(token) {
      last = token;
      if (token.kind === 'space' || token.kind === 'comment') return;
      if (token.text === '(') brackets.push('(');
      else if (token.text === '[') brackets.push(opens());
      else if (token.text === ')' || token.text === ']') brackets.pop();
      lastSignificant = token;
    },
  };
}
