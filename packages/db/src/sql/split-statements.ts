import type { Provider } from './dialect.ts';
import { isSignificant, type SqlToken } from './sql-token.ts';
import { tokenize } from './tokenizer.ts';

/** One statement of a script. */
export interface SqlStatement {
  /** As it stands there, without the semicolon that ends it and without blanks and comments around it. */
  readonly text: string;
  /** Its words, in capitals, the first of which say what it does. */
  readonly words: readonly string[];
}

/**
 * The statements of a script, found by the scanner of `query`: a semicolon in a quote, a comment, the body of an SQLite
 * trigger, or of a function in standard SQL (`BEGIN ATOMIC … END`), ends none. What holds only blanks and comments is no
 * statement.
 *
 * @example
 * splitStatements("INSERT INTO t VALUES (';'); DELETE FROM t -- all", 'sqlite').length; // 2
 */
export function splitStatements(script: string, provider: Provider): readonly SqlStatement[] {
  return statementsOf(tokenize(script, provider), script, provider);
}

/** The statements of a script whose tokens are known. */
export function statementsOf(all: readonly SqlToken[], script: string, provider: Provider): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  let body = createBody(provider);
  const end = (): void => {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (first && last) {
      const words = tokens.filter(({ kind }) => kind === 'word').map(({ text }) => text.toUpperCase());
      statements.push({ text: script.slice(first.at, last.at + last.text.length), words });
    }
    tokens = [];
    body = createBody(provider);
  };
  for (const token of all) {
    if (!isSignificant(token)) continue;
    if (token.kind === 'semicolon' && !body.isOpen()) {
      end();
    } else {
      tokens.push(token);
      body.pass(token);
    }
  }
  end();
  return statements;
}

/** Knows when the semicolons of a statement are its own. */
interface Body {
  pass(token: SqlToken): void;
  isOpen(): boolean;
}

function createBody(provider: Provider): Body {
  return provider === 'sqlite' ? createTriggerBody() : createFunctionBody();
}

const CREATES_TRIGGER = /^(?:EXPLAIN (?:QUERY PLAN )?)?CREATE (?:TEMP(?:ORARY)? )?TRIGGER\b/;

/** As `sqlite3_complete` has it: a trigger ends with `; END`. */
function createTriggerBody(): Body {
  let head = '';
  let last: SqlToken | undefined;
  let isEnd = false;
  return {
    pass(token) {
      const isWord = token.kind === 'word';
      // EXPLAIN QUERY PLAN CREATE TEMPORARY TRIGGER is the longest.
      if (isWord && head.length < 60) head += `${token.text.toUpperCase()} `;
      isEnd = isWord && /^end$/i.test(token.text) && last?.kind === 'semicolon';
      last = token;
    },
    isOpen: () => CREATES_TRIGGER.test(head) && !isEnd,
  };
}

const CREATES_ROUTINE = /^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b/;

/** As `psql` has it: parentheses, as of CREATE RULE, and blocks in a function's body, with their CASE … END. */
function createFunctionBody(): Body {
  let head = '';
  let parentheses = 0;
  let blocks = 0;
  return {
    pass({ kind, text }) {
      if (text === '(') parentheses += 1;
      else if (text === ')') parentheses = Math.max(0, parentheses - 1);
      if (kind !== 'word') return;
      const word = text.toUpperCase();
      if (head.length < 40) head += `${word} `;
      if (parentheses > 0 || !CREATES_ROUTINE.test(head)) return;
      if (word === 'BEGIN' || (word === 'CASE' && blocks > 0)) blocks += 1;
      else if (word === 'END' && blocks > 0) blocks -= 1;
    },
    isOpen: () => parentheses > 0 || blocks > 0,
  };
}
