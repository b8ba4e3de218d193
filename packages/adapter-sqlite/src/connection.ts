import Database from 'better-sqlite3';
import { bindArguments, highestParameter } from './bind-arguments.ts';
import { NATIVE_WAIT, retryBusySync } from './retry-busy.ts';
import { SqliteAdapterError } from './sqlite-error.ts';
import type { ResolvedSqliteOptions } from './sqlite-options.ts';
import type { SqliteValue } from './sqlite-value.ts';
import { createStatementCache } from './statement-cache.ts';

/** The rows of a statement, each an array in the order of `columns`. */
export interface ResultSet {
  columns: string[];
  /** The type with which the table declares the column; null for an expression. */
  declaredTypes: (string | null)[];
  rows: unknown[][];
}

/** What a statement changed. */
export interface RunResult {
  /** Rows inserted, updated or deleted by the statement itself, not by its triggers. */
  changes: number;
  /** The rowid of the last row that the connection inserted; a bigint beyond 2^53. */
  lastInsertRowid: number | bigint;
}

/** How a result is represented. */
export interface QueryOptions {
  /** `auto` (default): INTEGER as a number when it is exact and as a bigint beyond; `bigint`: always a bigint. */
  readonly integers?: 'auto' | 'bigint';
}

/** One connection. Everything on it is synchronous and may throw `SQLITE_BUSY` after a very short wait. */
export interface Connection {
  run(sql: string, args: readonly SqliteValue[]): RunResult;
  all(sql: string, args: readonly SqliteValue[], options?: QueryOptions): ResultSet;
  /** `all` of a statement that neither writes nor touches the state of the connection; undefined for any other one. */
  read(sql: string, args: readonly SqliteValue[], options?: QueryOptions): ResultSet | undefined;
  /** Other statements that read may run between its rows, none that writes. */
  stream(sql: string, args: readonly SqliteValue[]): RowStream;
  /**
   * The columns of a statement, without running it.
   *
   * @throws SqliteAdapterError `NOT_A_READ`
   */
  describe(sql: string): Columns;
  /** Several statements, with no results. */
  exec(script: string): void;
  /** Rolls back what is open. */
  begin(): void;
  commit(): void;
  /** Ends a transaction that may have ended already. */
  rollback(): void;
  /** Copies the database into a new file, some pages at a time. `onPages` may throw to give it up. */
  copyTo(file: string, onPages: (done: number, total: number) => void): Promise<void>;
  /** Reads or sets a pragma. */
  pragma(text: string): unknown;
  close(): void;
  readonly isOpen: boolean;
  readonly isInTransaction: boolean;
  readonly cachedStatements: number;
}

/** Rows one by one. */
export interface RowStream {
  readonly rows: IterableIterator<unknown[]>;
  /** Certain once the first row has been asked for. */
  describe(): Columns;
}

/** What is known of the columns of a result. */
export type Columns = Pick<ResultSet, 'columns' | 'declaredTypes'>;

/** Of a copy: what others of the process wait for at the most. */
const PAGES_AT_ONCE = 500;

type Statement = Database.Statement<unknown[], unknown[]>;

interface Prepared {
  readonly statement: Statement;
  /** See `highestParameter`. */
  readonly highest: number;
  /** Whether it returns rows, and neither writes nor touches the state of the connection. */
  readonly isRead: boolean;
  known: Columns;
  /** The schema that `known` belongs to; undefined when that is not certain. */
  schema: string | undefined;
}

/**
 * Opens a connection and sets its pragmas.
 *
 * @throws SqliteAdapterError `SQLITE_CANTOPEN`; and what SQLite throws, such as `SQLITE_NOTADB`
 */
export function openConnection(options: ResolvedSqliteOptions, role: 'writer' | 'reader'): Connection {
  const database = open(options);
  try {
    // The switch to WAL needs the file for itself for a moment; SQLite does not wait for that by itself.
    for (const [name, value] of role === 'writer' ? options.writerPragmas : options.readerPragmas) {
      retryBusySync(options.busyTimeout, () => database.pragma(`${name} = ${value}`));
    }
  } catch (error) {
    database.close();
    throw error;
  }
  // A connection that only reads may do so between the rows of a stream; better-sqlite3 would refuse that. The one of an
  // in-memory database has several roles.
  if (role === 'reader' || options.isMemory) database.unsafeMode(true);
  return connectionOf(database, options.statementCacheSize);
}

function open({ path, isReadonly }: ResolvedSqliteOptions): Database.Database {
  try {
    const database = new Database(path, { timeout: NATIVE_WAIT, readonly: isReadonly });
    // Otherwise integers beyond 2^53 come back rounded.
    database.defaultSafeIntegers(true);
    return database;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SqliteAdapterError('SQLITE_CANTOPEN', `Cannot open the SQLite database ${path}: ${why}.`, {
      cause: error,
    });
  }
}

function connectionOf(database: Database.Database, statementCacheSize: number): Connection {
  const cache = createStatementCache({ limit: statementCacheSize, prepare });
  const schemaStatement = database.prepare<unknown[], bigint>('PRAGMA schema_version').pluck();
  // A connection for reading only gets a snapshot: BEGIN IMMEDIATE would be an attempt to write.
  const beginStatement = database.prepare(database.readonly ? 'BEGIN' : 'BEGIN IMMEDIATE');
  const commitStatement = database.prepare('COMMIT');
  let lastSchema: string | undefined;
  let rewinds = 0;

  function prepare(sql: string): Prepared {
    const statement: Statement = database.prepare(sql);
    return {
      statement,
      highest: highestParameter(sql),
      // A pragma reads or sets the state of one connection: that of the writer, which the caller sets.
      isRead: statement.reader && statement.readonly && !/^\s*pragma\b/i.test(sql),
      known: { columns: [], declaredTypes: [] },
      schema: undefined,
    };
  }

  /** A statement of its own: one that is in the cache may be in use. */
  function prepareRead(sql: string): Prepared {
    const prepared = prepare(sql);
    if (prepared.statement.reader && prepared.statement.readonly) return prepared;
    throw new SqliteAdapterError('NOT_A_READ', 'iterate takes a statement that returns rows and writes nothing.');
  }

  /**
   * Names the schema as of now. SQLite's own number does not do alone, since a rollback takes it back and the next
   * change gives it out again.
   */
  function currentSchema(): string {
    return `${schemaStatement.get()}/${rewinds}`;
  }

  /**
   * The columns of a statement that has just run. SQLite silently prepares a statement again when the schema has
   * changed, by this process or another, so that remembered columns may be wrong; asking each time costs more than
   * the schema's version. The version is read after the statement ran: columns count as known only if it was the
   * same before.
   */
  function describe(prepared: Prepared): Columns {
    const schema = currentSchema();
    if (prepared.schema !== schema) {
      prepared.known = columnsOf(prepared.statement);
      prepared.schema = lastSchema === schema ? schema : undefined;
      lastSchema = schema;
    }
    return { columns: prepared.known.columns.slice(), declaredTypes: prepared.known.declaredTypes.slice() };
  }

  function runPrepared({ statement, highest }: Prepared, args: readonly SqliteValue[]): Database.RunResult {
    // ROLLBACK TO and its like count as read-only and return no rows.
    if (statement.readonly) rewinds++;
    return statement.run(bindArguments(args, highest));
  }

  function rowsOf(
    prepared: Prepared,
    args: readonly SqliteValue[],
    { integers = 'auto' }: QueryOptions = {},
  ): ResultSet {
    const rows = prepared.statement.raw(true).all(bindArguments(args, prepared.highest));
    if (integers === 'auto') for (const row of rows) exactNumbers(row);
    return { ...describe(prepared), rows };
  }

  function rollback(): void {
    rewinds++;
    if (database.open && database.inTransaction) database.exec('ROLLBACK');
  }

  return {
    run(sql, args) {
      const { changes, lastInsertRowid } = runPrepared(cache.get(sql), args);
      return { changes, lastInsertRowid: toNumber(lastInsertRowid) };
    },
    all(sql, args, options) {
      const prepared = cache.get(sql);
      if (prepared.statement.reader) return rowsOf(prepared, args, options);
      runPrepared(prepared, args);
      return { columns: [], declaredTypes: [], rows: [] };
    },
    read(sql, args, options) {
      const prepared = cache.get(sql);
      return prepared.isRead ? rowsOf(prepared, args, options) : undefined;
    },
    describe: (sql) => columnsOf(prepareRead(sql).statement),
    stream(sql, args) {
      const { statement, highest } = prepareRead(sql);
      return { rows: statement.raw(true).iterate(bindArguments(args, highest)), describe: () => columnsOf(statement) };
    },
    exec(script) {
      rewinds++;
      database.exec(script);
    },
    begin() {
      // A rollback that failed has left its transaction open; nobody may commit it.
      if (database.inTransaction) rollback();
      beginStatement.run();
    },
    commit: () => void commitStatement.run(),
    rollback,
    async copyTo(file, onPages) {
      await database.backup(file, {
        progress({ totalPages, remainingPages }) {
          onPages(totalPages - remainingPages, totalPages);
          return PAGES_AT_ONCE;
        },
      });
    },
    pragma: (text) => database.pragma(text, { simple: true }),
    close() {
      cache.clear();
      database.close();
    },
    get isOpen() {
      return database.open;
    },
    get isInTransaction() {
      return database.open && database.inTransaction;
    },
    get cachedStatements() {
      return cache.size;
    },
  };
}

function columnsOf(statement: Statement): Columns {
  const columns = statement.columns();
  return { columns: columns.map((column) => column.name), declaredTypes: columns.map((column) => column.type) };
}

/** Turns the bigints of a row into numbers where a number is exact. */
export function exactNumbers(row: unknown[]): unknown[] {
  for (let i = 0; i < row.length; i++) {
    const value = row[i];
    if (typeof value === 'bigint') row[i] = toNumber(value);
  }
  return row;
}

function toNumber(value: number | bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
