import { dbErrors } from '../errors.ts';
import type { Provider } from './dialect.ts';
import { statementsOf } from './split-statements.ts';
import { isSignificant, type SqlToken } from './sql-token.ts';
import { textOf } from './statement.ts';
import { tokenize } from './tokenizer.ts';

/** What the text of a statement says, whatever its values. */
export interface StatementShape {
  /** For each value that stands alone in the parentheses of IN, where that is. */
  readonly lists: readonly (ListPlace | undefined)[];
  /** Whether it only asks for rows, as far as its first word tells. */
  readonly isQuestion: boolean;
}

export interface ListPlace {
  /** How many characters of the text before the value come before `IN (` or `NOT IN (`. */
  readonly kept: number;
  readonly isNegated: boolean;
}

/** How a value is written where only its place matters. */
function plainPlaceholder(provider: Provider, index: number): string {
  return provider === 'sqlite' ? '?' : `$${index + 1}`;
}

const TRANSACTION_WORDS =
  /^(?:BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK(?! (?:WORK |TRANSACTION )?TO\b)|ABORT|PREPARE TRANSACTION)\b/;

/** The words with which a statement begins or ends a transaction; undefined if it does neither. */
export function transactionWords(words: readonly string[]): string | undefined {
  return TRANSACTION_WORDS.exec(words.slice(0, 3).join(' '))?.[0];
}

const QUESTIONS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE']);

/**
 * Reads the text of a statement, given as the strings between its values.
 *
 * @throws `db.invalid-statement`, `db.unbound-parameter`.
 */
export function shapeOf(strings: readonly string[], provider: Provider): StatementShape {
  const invalid = (reason: string): Error =>
    dbErrors.create('invalid-statement', { reason, sql: textOf({ strings, values: [] }) });
  if (strings.some((part) => part.includes('\0'))) throw invalid('it holds a NUL character, where the database stops');
  const ends: number[] = [];
  let text = strings[0] ?? '';
  for (let index = 0; index + 1 < strings.length; index += 1) {
    ends.push(text.length);
    text += plainPlaceholder(provider, index) + strings[index + 1];
  }
  const tokens = tokenize(text, provider);
  const last = tokens.at(-1);
  if (last?.isClosed === false) throw invalid(`a ${last.kind} in it does not end`);
  const [statement, another] = statementsOf(tokens, text, provider);
  if (statement === undefined) throw invalid('it holds no statement');
  if (another !== undefined) throw invalid('it holds several statements');
  const control = transactionWords(statement.words);
  if (control !== undefined) throw invalid(`it says ${control}, which is for transaction() to do`);
  const code = tokens.filter(isSignificant);
  const places = new Map(code.map((token, index) => [token.at, index]));
  const lists = ends.map((at, index) => {
    const place = places.get(at);
    if (place === undefined || code[place]?.text !== plainPlaceholder(provider, index)) {
      throw invalid(`its value ${index + 1} stands in a quote or a comment, or touches a name or a number`);
    }
    return listPlace(code, place, at - (strings[index] as string).length);
  });
  const own = new Set(ends);
  const foreign = code.find(({ kind, at }) => kind === 'parameter' || (kind === 'placeholder' && !own.has(at)));
  if (foreign)
    throw dbErrors.create('unbound-parameter', { parameter: foreign.text, sql: textOf({ strings, values: [] }) });
  return { lists, isQuestion: QUESTIONS.has(statement.words[0] ?? '') };
}

/** Where a value is alone in `IN (…)`: `from` is where the text before it begins. */
function listPlace(code: readonly SqlToken[], place: number, from: number): ListPlace | undefined {
  const [before, opening, word] = [code[place - 3], code[place - 1], code[place - 2]];
  if (code[place + 1]?.text !== ')' || opening?.text !== '(' || !isWord(word, 'IN')) return undefined;
  const isNegated = isWord(before, 'NOT');
  const { at } = (isNegated ? before : word) as SqlToken;
  // A value cannot stand between the two words, so all of them are in the one text.
  return { kept: at - from, isNegated };
}

function isWord(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word;
}
