import type { Provider } from '../sql/dialect.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { transactionWords } from '../sql/statement-shape.ts';

/** The first statement of a script that begins or ends a transaction, as its words in capitals; undefined if none does. */
export function findTransactionStatement(script: string, provider: Provider): string | undefined {
  for (const { words } of splitStatements(script, provider)) {
    const found = transactionWords(words);
    if (found !== undefined) return found;
  }
  return undefined;
}
