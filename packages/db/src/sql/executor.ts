import { dbErrors } from '../errors.ts';
import type { Dialect } from './dialect.ts';
import { bindNamed } from './named-parameters.ts';
import type { Sql, SqlValue } from './statement.ts';

/** A row by column name. Times are Date, booleans boolean, JSON parsed, bytes Uint8Array, on both databases. */
export type Row = Readonly<Record<string, unknown>>;

/** What a database driver does for the port: runs one statement. */
export interface SqlDriver {
  readonly dialect: Dialect;
  all(statement: Sql): Promise<Row[]>;
  /** Gives the number of rows changed. */
  execute(statement: Sql): Promise<number>;
}

export type NamedParameters = Readonly<Record<string, SqlValue>>;

/**
 * The SQL port: statements with bound values, the same on SQLite and PostgreSQL. Every failure is a coded error with
 * its cause; nothing is swallowed.
 */
export interface SqlExecutor {
  readonly dialect: Dialect;
  all<T = Row>(statement: Sql): Promise<T[]>;
  /** The only row. @throws `db.no-row`, `db.several-rows`. */
  one<T = Row>(statement: Sql): Promise<T>;
  /** The only row, or undefined. @throws `db.several-rows`. */
  maybeOne<T = Row>(statement: Sql): Promise<T | undefined>;
  /** Runs a statement that changes rows; gives how many. */
  execute(statement: Sql): Promise<number>;
  /** `all` for SQL text with `:name` parameters. @throws `db.missing-parameter`, `db.unused-parameter`. */
  query<T = Row>(text: string, parameters?: NamedParameters): Promise<T[]>;
  tableExists(name: string): Promise<boolean>;
}

export function createSqlExecutor(driver: SqlDriver): SqlExecutor {
  const executor: SqlExecutor = {
    dialect: driver.dialect,
    all: <T>(statement: Sql) => driver.all(statement) as Promise<T[]>,
    async one<T>(statement: Sql) {
      const row = await executor.maybeOne<T>(statement);
      if (row === undefined) throw dbErrors.create('no-row', { sql: textOf(statement) });
      return row;
    },
    async maybeOne<T>(statement: Sql) {
      const rows = await driver.all(statement);
      if (rows.length > 1) {
        throw dbErrors.create('several-rows', { count: rows.length, sql: textOf(statement) });
      }
      return rows[0] as T | undefined;
    },
    execute: (statement) => driver.execute(statement),
    query: <T>(text: string, parameters: NamedParameters = {}) =>
      driver.all(bindNamed(text, parameters)) as Promise<T[]>,
    async tableExists(name) {
      return (await driver.all(driver.dialect.tableExists(name))).length > 0;
    },
  };
  return executor;
}

/** The statement without its values, for errors and the SQL echo. */
export function textOf(statement: Sql): string {
  return statement.strings.join('?').replaceAll(/\s+/g, ' ').trim();
}
