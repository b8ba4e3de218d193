import { tokenize } from '../sql/tokenizer.ts';

const ENDS_OR_BEGINS = /^(begin|start\s+transaction|commit|end|rollback(?!.*\bto\b)|abort|prepare\s+transaction)\b/is;
/** The body of an SQLite trigger, or of a function in standard SQL, has semicolons of its own. */
const OPENS_BODY = /^create\b.*\bbegin\b/is;

/** The first statement of a script that begins or ends a transaction, as its words in capitals; undefined if none does. */
export function findTransactionStatement(script: string): string | undefined {
  let isInBody = false;
  for (const code of statementsOf(script)) {
    if (isInBody) {
      isInBody = !/^end\b/i.test(code);
      continue;
    }
    const words = ENDS_OR_BEGINS.exec(code)?.[1];
    if (words !== undefined) return words.replaceAll(/\s+/g, ' ').toUpperCase();
    isInBody = OPENS_BODY.test(code);
  }
  return undefined;
}

/** The code of each statement, without its literals, names in quotes and comments. */
function* statementsOf(script: string): Generator<string> {
  let code = '';
  for (const { kind, text } of tokenize(script)) {
    if (kind === 'semicolon') {
      yield code.trim();
      code = '';
    } else {
      code += kind === 'code' ? text : ' ';
    }
  }
  yield code.trim();
}
