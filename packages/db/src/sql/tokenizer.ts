/** A stretch of SQL text. All tokens joined give the text back. */
export interface SqlToken {
  readonly kind: 'code' | 'literal' | 'identifier' | 'comment' | 'parameter' | 'semicolon';
  readonly text: string;
}

const NAME_START = /[A-Za-z_]/;
const NAME = /[A-Za-z0-9_]/;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const IDENTIFIER_CHARACTER = /[A-Za-z0-9_$\u0080-\uffff]/;

/**
 * Splits SQL text of PostgreSQL and SQLite into code, literals, quoted identifiers, comments and `:name` parameters.
 * Lexical rules: PostgreSQL 4.1 (doubled quotes, `E''` escapes, dollar quotes, nested block comments, `::`), and
 * SQLite's `[name]` and back-quoted identifiers are left to the code around them.
 */
export function* tokenize(text: string): Generator<SqlToken> {
  let codeStart = 0;
  let position = 0;
  while (position < text.length) {
    const end = tokenEnd(text, position);
    if (end === undefined) {
      position += 1;
      continue;
    }
    if (position > codeStart) yield { kind: 'code', text: text.slice(codeStart, position) };
    yield { kind: end.kind, text: text.slice(position, end.at) };
    position = end.at;
    codeStart = position;
  }
  if (position > codeStart) yield { kind: 'code', text: text.slice(codeStart) };
}

interface TokenEnd {
  readonly kind: Exclude<SqlToken['kind'], 'code'>;
  readonly at: number;
}

function tokenEnd(text: string, at: number): TokenEnd | undefined {
  switch (text[at]) {
    case "'":
      return { kind: 'literal', at: quoteEnd(text, at, "'", isEscapeString(text, at)) };
    case '"':
      return { kind: 'identifier', at: quoteEnd(text, at, '"', false) };
    case '`':
      return { kind: 'identifier', at: quoteEnd(text, at, '`', false) };
    case '-':
      return text[at + 1] === '-' ? { kind: 'comment', at: lineEnd(text, at) } : undefined;
    case '/':
      return text[at + 1] === '*' ? { kind: 'comment', at: blockCommentEnd(text, at) } : undefined;
    case '$':
      return dollarQuoteEnd(text, at);
    case ':':
      return parameterEnd(text, at);
    case ';':
      return { kind: 'semicolon', at: at + 1 };
    default:
      return undefined;
  }
}

function isEscapeString(text: string, at: number): boolean {
  const prefix = text[at - 1];
  if (prefix !== 'E' && prefix !== 'e') return false;
  return !IDENTIFIER_CHARACTER.test(text[at - 2] ?? ' ');
}

function quoteEnd(text: string, at: number, quote: string, hasEscapes: boolean): number {
  let position = at + 1;
  while (position < text.length) {
    if (hasEscapes && text[position] === '\\') position += 2;
    else if (text[position] !== quote) position += 1;
    else if (text[position + 1] === quote) position += 2;
    else return position + 1;
  }
  return text.length;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

function blockCommentEnd(text: string, at: number): number {
  let depth = 1;
  let position = at + 2;
  while (position < text.length && depth > 0) {
    if (text.startsWith('/*', position)) {
      depth += 1;
      position += 2;
    } else if (text.startsWith('*/', position)) {
      depth -= 1;
      position += 2;
    } else {
      position += 1;
    }
  }
  return position;
}

function dollarQuoteEnd(text: string, at: number): TokenEnd | undefined {
  if (IDENTIFIER_CHARACTER.test(text[at - 1] ?? ' ')) return undefined;
  DOLLAR_TAG.lastIndex = at;
  const tag = DOLLAR_TAG.exec(text)?.[0];
  if (!tag) return undefined;
  const end = text.indexOf(tag, at + tag.length);
  return { kind: 'literal', at: end === -1 ? text.length : end + tag.length };
}

/** `:name`, but not `a::name`, and not the `:` of a slice `[1:n]` or `[:n]`, which has no space before it in an index. */
function parameterEnd(text: string, at: number): TokenEnd | undefined {
  if (text[at - 1] === ':' || text[at + 1] === ':') return undefined;
  if (!NAME_START.test(text[at + 1] ?? ' ')) return undefined;
  const before = text[at - 1] ?? ' ';
  if (IDENTIFIER_CHARACTER.test(before) || before === ']' || before === ')') return undefined;
  let end = at + 2;
  while (end < text.length && NAME.test(text[end] ?? ' ')) end += 1;
  return { kind: 'parameter', at: end };
}
