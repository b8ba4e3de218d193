/** Keeps the values used last, at most `limit` of them. */
export interface StatementCache<T> {
  /** The value of this SQL text, prepared if it is not there. */
  get(sql: string): T;
  clear(): void;
  readonly size: number;
}

/** What to prepare with and how much to keep. */
export interface StatementCacheOptions<T> {
  readonly prepare: (sql: string) => T;
  readonly limit: number;
}

/** Longer texts are not kept: such statements carry their data in the text and never come again. */
const LONGEST_TEXT = 20_000;

export function createStatementCache<T>({ prepare, limit }: StatementCacheOptions<T>): StatementCache<T> {
  // A Map iterates in the order of insertion: the first key is the one used least recently.
  const statements = new Map<string, T>();
  return {
    get(sql) {
      const known = statements.get(sql);
      if (known !== undefined) {
        statements.delete(sql);
        statements.set(sql, known);
        return known;
      }
      const statement = prepare(sql);
      if (limit > 0 && sql.length <= LONGEST_TEXT) {
        if (statements.size >= limit) statements.delete(statements.keys().next().value as string);
        statements.set(sql, statement);
      }
      return statement;
    },
    clear: () => statements.clear(),
    get size() {
      return statements.size;
    },
  };
}
