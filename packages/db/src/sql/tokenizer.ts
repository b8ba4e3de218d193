import type { Provider } from './dialect.ts';
import type { SqlToken } from './sql-token.ts';
import { tokenizePostgresql } from './tokenize-postgresql.ts';
import { tokenizeSqlite } from './tokenize-sqlite.ts';

/**
 * Takes SQL text apart as the database's own scanner does: the two differ in what quotes, nests and escapes.
 *
 * @example
 * tokenize("SELECT ':a' AS x, :b", 'sqlite').filter(({ kind }) => kind === 'parameter'); // :b alone
 */
export function tokenize(text: string, provider: Provider): SqlToken[] {
  return provider === 'sqlite' ? tokenizeSqlite(text) : tokenizePostgresql(text);
}
