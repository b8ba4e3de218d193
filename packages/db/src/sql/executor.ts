import { dbErrors } from '../errors.ts';
import type { ColumnType, Dialect } from './dialect.ts';
import { bindNamed } from './named-parameters.ts';
import { type Sql, type SqlValue, textOf } from './statement.ts';

/** A row by column name. Times are Date, booleans boolean, JSON parsed, bytes Uint8Array, on both databases. */
export type Row = Readonly<Record<string, unknown>>;

export interface StatementOptions {
  /**
   * Ends the statement: on PostgreSQL also while it runs, on SQLite while it waits and between the rows of `iterate`.
   * In a transaction on PostgreSQL that gives the transaction up.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * What columns hold that are computed, such as `max(updated_at)` or `EXISTS (…)`: SQLite knows the types of a table's
   * own columns alone.
   */
  readonly columns?: Readonly<Record<string, ColumnType>>;
}

/** What a database driver does for the port: runs one statement. */
export interface SqlDriver {
  readonly dialect: Dialect;
  all(statement: Sql, options?: StatementOptions): Promise<Row[]>;
  /** Gives the number of rows changed. */
  execute(statement: Sql, options?: StatementOptions): Promise<number>;
  iterate(statement: Sql, options?: StatementOptions): AsyncIterable<Row>;
}

export type NamedParameters = Readonly<Record<string, SqlValue>>;

/**
 * The SQL port: statements with bound values, the same on SQLite and PostgreSQL. Every failure is a coded error with
 * its cause; nothing is swallowed. See `docs/sql.md`.
 *
 * @throws `db.invalid-statement`, `db.unbound-parameter`, `db.invalid-value`, `db.misplaced-list` before anything is
 * sent; and what the database says, as `db.query-failed`, `db.unique-violation`, `db.foreign-key-violation`, `db.busy`, …
 */
export interface SqlExecutor {
  readonly dialect: Dialect;
  all<T = Row>(statement: Sql, options?: StatementOptions): Promise<T[]>;
  /** The only row. @throws `db.no-row`, `db.several-rows`. */
  one<T = Row>(statement: Sql, options?: StatementOptions): Promise<T>;
  /** The only row, or undefined. @throws `db.several-rows`. */
  maybeOne<T = Row>(statement: Sql, options?: StatementOptions): Promise<T | undefined>;
  /** Runs a statement that changes rows; gives how many. */
  execute(statement: Sql, options?: StatementOptions): Promise<number>;
  /**
   * The rows of a question one by one, however many there are: they are of the moment at which the first is asked for,
   * and a connection is busy with them until the loop ends, or is left.
   *
   * @throws `db.not-a-question`.
   */
  iterate<T = Row>(statement: Sql, options?: StatementOptions): AsyncIterable<T>;
  /**
   * SQL text with `:name` parameters as a statement for the others.
   *
   * @example
   * await db.one(db.named('SELECT title FROM documents WHERE id = :id', { id }));
   *
   * @throws `db.missing-parameter`, `db.unused-parameter`.
   */
  named(text: string, parameters?: NamedParameters): Sql;
  /** `all` of `named`. */
  query<T = Row>(text: string, parameters?: NamedParameters, options?: StatementOptions): Promise<T[]>;
  tableExists(name: string): Promise<boolean>;
}

export function createSqlExecutor(driver: SqlDriver): SqlExecutor {
  const { dialect } = driver;
  const named = (text: string, parameters: NamedParameters = {}): Sql => bindNamed(text, parameters, dialect.provider);
  const executor: SqlExecutor = {
    dialect,
    all: <T>(statement: Sql, options?: StatementOptions) => driver.all(statement, options) as Promise<T[]>,
    async one<T>(statement: Sql, options?: StatementOptions) {
      const row = await executor.maybeOne<T>(statement, options);
      if (row === undefined) throw dbErrors.create('no-row', { sql: textOf(statement) });
      return row;
    },
    async maybeOne<T>(statement: Sql, options?: StatementOptions) {
      const rows = await driver.all(statement, options);
      if (rows.length > 1) {
        throw dbErrors.create('several-rows', { count: rows.length, sql: textOf(statement) });
      }
      return rows[0] as T | undefined;
    },
    execute: (statement, options) => driver.execute(statement, options),
    iterate: <T>(statement: Sql, options?: StatementOptions) => driver.iterate(statement, options) as AsyncIterable<T>,
    named,
    query: async <T>(text: string, parameters?: NamedParameters, options?: StatementOptions) =>
      (await driver.all(named(text, parameters), options)) as T[],
    async tableExists(name) {
      return (await driver.all(dialect.tableExists(name))).length > 0;
    },
  };
  return executor;
}
