import type { Row, SqlExecutor } from '../sql/executor.ts';
import { identifier, joinSql, type Sql, sql } from '../sql/statement.ts';

export interface ReadRowsOptions {
  readonly sql: SqlExecutor;
  readonly table: string;
  readonly columns: readonly string[];
  /** A unique key of the table, of columns that are selected. */
  readonly key: readonly string[];
  readonly where: Sql;
  /** Rows to a statement; default 2,000. */
  readonly size?: number;
}

/** The rows of a table in the order of a key, some thousands at a time: memory does not grow with the table. */
export async function* readRows(options: ReadRowsOptions): AsyncGenerator<readonly Row[], void, undefined> {
  const { sql: db, table, columns, key, where, size = 2_000 } = options;
  const list = (names: readonly string[]): Sql => joinSql(names.map(identifier), ', ');
  for (let last: Row | undefined; ; ) {
    const after = last;
    const values =
      after &&
      joinSql(
        key.map((name) => sql`${after[name] as string | number}`),
        ', ',
      );
    const following = values ? sql`AND (${list(key)}) > (${values})` : sql``;
    const rows = await db.all(sql`
      SELECT ${list(columns)} FROM ${identifier(table)} WHERE ${where} ${following} ORDER BY ${list(key)} LIMIT ${size}`);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    last = rows.at(-1);
  }
}
