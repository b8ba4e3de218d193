/**
 * - `space`, `comment`: what stands between the others.
 * - `word`: a keyword or a bare name.
 * - `literal`: a string in any of the database's quotes, with its prefix (`E'…'`, `x'…'`, `$tag$…$tag$`).
 * - `identifier`: a quoted name.
 * - `parameter`: `:name`.
 * - `placeholder`: a parameter of the database's own (`$1`; on SQLite `?`, `?1`, `@name`, `$name`, …).
 * - `semicolon`; `other`: numbers, operators, brackets, commas.
 */
export type SqlTokenKind =
  | 'space'
  | 'comment'
  | 'word'
  | 'literal'
  | 'identifier'
  | 'parameter'
  | 'placeholder'
  | 'semicolon'
  | 'other';

/** A stretch of SQL text. All tokens joined give the text back. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly text: string;
  /** Where it begins in the text. */
  readonly at: number;
  /** False for a quote or a comment that the text ends in; only the last token can be so. */
  readonly isClosed: boolean;
}

/** Whether a token means something to the database. */
export function isSignificant({ kind }: SqlToken): boolean {
  return kind !== 'space' && kind !== 'comment';
}

/** Where a quote that begins at `at` ends, given that a doubled one stands for itself; undefined if it does not end. */
export function endOfQuote(text: string, at: number, quote: string): number | undefined {
  let position = at + 1;
  for (;;) {
    const end = text.indexOf(quote, position);
    if (end === -1) return undefined;
    if (text[end + 1] !== quote) return end + 1;
    position = end + 2;
  }
}

/** What begins at a place of a text, and how much of it. */
export interface Lexeme<Name extends string> {
  readonly name: Name;
  readonly found: string;
}

/**
 * Finds out which of some patterns matches at a place: the first of them. One of them always must.
 *
 * @param patterns sources of regular expressions without groups that capture, by the names of what they match.
 */
export function createLexer<Name extends string>(
  patterns: Readonly<Record<Name, string>>,
): (text: string, at: number) => Lexeme<Name> {
  const names = Object.keys(patterns) as Name[];
  const sources = names.map((name) => `(${patterns[name]})`);
  const pattern = new RegExp(sources.join('|'), 'y');
  return (text, at) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? [];
    // Looked for by its place: groups with names would be made anew for each token.
    const place = match.findIndex((group, index) => index > 0 && group !== undefined);
    return { name: names[place - 1] as Name, found: match[0] as string };
  };
}
