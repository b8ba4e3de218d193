import { type Connection, openConnection, type QueryOptions, type ResultSet, type RunResult } from './connection.ts';
import { createFifoLock } from './fifo-lock.ts';
import { createReaderPool } from './reader-pool.ts';
import { NATIVE_WAIT, retryBusy } from './retry-busy.ts';
import { SqliteAdapterError } from './sqlite-error.ts';
import { type ResolvedSqliteOptions, resolveSqliteOptions, type SqliteOptions } from './sqlite-options.ts';
import type { SqliteSnapshot } from './sqlite-snapshot.ts';
import { createBufferedStream, createStream, type SqliteStream } from './sqlite-stream.ts';
import { createTransaction, type SqliteTransaction } from './sqlite-transaction.ts';
import type { SqliteValue } from './sqlite-value.ts';
import { syncLog } from './sync-log.ts';

/**
 * The owner of the connections to one database: one that writes, behind a queue, and some that read. A statement
 * never runs inside a transaction that it does not belong to, and a statement that only reads waits for nobody (an
 * in-memory database has one connection only: there it waits for open transactions).
 *
 * Every method may throw `SQLITE_BUSY` after `busyTimeout` and `DATABASE_CLOSED` after `close()`.
 */
export interface SqliteDatabase {
  /** The absolute path of the file, or `:memory:`. */
  readonly path: string;
  readonly isMemory: boolean;
  /** Runs one statement in a transaction of its own. */
  run(sql: string, args?: readonly SqliteValue[], options?: WaitOptions): Promise<RunResult>;
  /**
   * Runs one statement and returns its rows, committed data only. What only reads goes to a reader connection;
   * `INSERT … RETURNING` and its like, and pragmas, to the writer.
   */
  all(sql: string, args?: readonly SqliteValue[], options?: QueryOptions & WaitOptions): Promise<ResultSet>;
  /**
   * Runs several statements, each in a transaction of its own unless the script says otherwise. What an aborted
   * script had done stays done, a transaction that it left open is rolled back. `foreign_keys` is afterwards as it
   * was before.
   *
   * @throws SqliteAdapterError `TRANSACTION_LEFT_OPEN`
   */
  exec(script: string): Promise<void>;
  /**
   * Waits for its turn and begins a transaction that holds the write lock. One for reading only waits for nobody: it has
   * a connection of its own and one state of the database, though the WAL file cannot shrink meanwhile.
   */
  begin(options?: BeginOptions): Promise<SqliteTransaction>;
  /**
   * Streams the rows of a statement that only reads, on a connection of its own and with bounded memory. An in-memory
   * database has only one connection, so there the result is read at once.
   */
  iterate(sql: string, args?: readonly SqliteValue[]): SqliteStream;
  /** Runs `work` in a transaction for reading only. An in-memory database has only one connection, which `work` has. */
  snapshot<T>(work: (snapshot: SqliteSnapshot) => Promise<T>): Promise<T>;
  /**
   * Copies the database as it is now into a new file, while others read and write. The file is on the disk when it
   * ends, and needs no log. What was begun of a copy that fails is left behind.
   */
  copyTo(options: CopyOptions): Promise<void>;
  /**
   * Runs `work` in a transaction during which foreign keys are not enforced and no ON DELETE or ON UPDATE action
   * fires, as is needed to drop and re-create a table that others refer to. It is committed when `work` resolves
   * and rolled back when it rejects. `await transaction.all('PRAGMA foreign_key_check')` lists what `work` broke.
   */
  withoutForeignKeys<T>(work: (transaction: SqliteTransaction) => Promise<T>): Promise<T>;
  /** Waits until no power cut can take back what was committed before the call, whatever `synchronous` is. */
  sync(): Promise<void>;
  /** Refuses new work, lets the queue finish (an open transaction gets `busyTimeout`), closes every connection. */
  close(): Promise<void>;
  /** What is going on now. */
  stats(): SqliteStats;
}

/** Who waits for a lock may leave off. */
export interface WaitOptions {
  /** Rejects with its reason once it is aborted, unless the statement has run by then. */
  readonly signal?: AbortSignal | undefined;
}

/** How a transaction begins. */
export interface BeginOptions extends WaitOptions {
  /** Every statement that writes fails with `SQLITE_READONLY`; default false. */
  readonly isReadonly?: boolean;
}

/** A snapshot of a database's inner state, for monitoring. */
export interface SqliteStats {
  /** Prepared statements that the writer keeps. */
  readonly writerStatements: number;
  /** Prepared statements that the shared reader keeps. */
  readonly readerStatements: number;
  /** Statements and transactions that wait for the writer. */
  readonly waitingWriters: number;
  /** Calls of `iterate` that hold a connection. */
  readonly openStreams: number;
}

/** Where a copy of a database goes. */
export interface CopyOptions {
  /** It must not exist. */
  readonly file: string;
  /** Told how many pages of how many are there; what it throws gives the copy up. */
  readonly onPages?: ((done: number, total: number) => void) | undefined;
}

/**
 * Opens a database file, creating it if need be, in WAL mode.
 *
 * @example
 * const database = openSqlite({ path: 'app.db' });
 * const { rows } = await database.all('SELECT 1 + ?', [1]); // [[2]]
 * await database.close();
 *
 * @throws SqliteAdapterError `SQLITE_CANTOPEN` or `INVALID_OPTION`; and what SQLite throws, such as `SQLITE_NOTADB`
 */
export function openSqlite(options: SqliteOptions): SqliteDatabase {
  return createDatabase(resolveSqliteOptions(options));
}

function createDatabase(options: ResolvedSqliteOptions): SqliteDatabase {
  const { busyTimeout, isMemory, path } = options;
  const writer = openConnection(options, 'writer');
  const readers = createReaderPool({ open: () => openConnection(options, 'reader'), size: options.readers });
  const lock = createFifoLock();
  let closing: Promise<void> | undefined;

  function assertOpen(): void {
    if (closing) throw new SqliteAdapterError('DATABASE_CLOSED', `The SQLite database ${path} has been closed.`);
  }

  /** Holds the writer for `work`, after which no transaction may be open. */
  async function withWriter<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    assertOpen();
    const release = await lock.acquire(busyTimeout, signal);
    try {
      const result = await work();
      assertNoTransaction();
      return result;
    } finally {
      if (writer.isInTransaction) writer.rollback();
      release();
    }
  }

  function assertNoTransaction(): void {
    if (!writer.isInTransaction) return;
    throw new SqliteAdapterError(
      'TRANSACTION_LEFT_OPEN',
      'A statement opened a transaction and left it open; it was rolled back. Use begin() instead.',
    );
  }

  /**
   * A script that met a lock halfway cannot be tried again from its start. So the write lock is awaited first, and
   * should another process come in between two statements, SQLite waits for it, blocking the event loop.
   */
  async function execScript(script: string): Promise<void> {
    if (!options.isReadonly) {
      await retryBusy(busyTimeout, () => {
        writer.begin();
        writer.rollback();
      });
    }
    const foreignKeys = writer.pragma('foreign_keys');
    writer.pragma(`busy_timeout = ${busyTimeout}`);
    try {
      writer.exec(script);
      assertNoTransaction();
    } finally {
      if (writer.isInTransaction) writer.rollback();
      writer.pragma(`busy_timeout = ${NATIVE_WAIT}`);
      writer.pragma(`foreign_keys = ${foreignKeys}`);
    }
  }

  async function closeAll(): Promise<void> {
    // Whoever holds the lock for longer loses it: closing rolls back.
    const release = await lock.acquire(busyTimeout).catch(() => undefined);
    readers.close();
    writer.close();
    release?.();
  }

  async function begin({ isReadonly = false, signal }: BeginOptions = {}): Promise<SqliteTransaction> {
    assertOpen();
    if (isReadonly && !isMemory) return beginReading(signal);
    const release = await lock.acquire(busyTimeout, signal);
    try {
      await retryBusy(busyTimeout, () => writer.begin(), signal);
      if (isReadonly) writer.pragma('query_only = ON');
    } catch (error) {
      release();
      throw error;
    }
    const end = (): void => {
      if (isReadonly && writer.isOpen) writer.pragma('query_only = OFF');
      release();
    };
    return createTransaction({ connection: writer, release: end, isReadonly });
  }

  async function beginReading(signal: AbortSignal | undefined): Promise<SqliteTransaction> {
    const connection = readers.acquire();
    const release = (): void => readers.release(connection);
    try {
      await retryBusy(busyTimeout, () => takeState(connection), signal);
    } catch (error) {
      release();
      throw error;
    }
    return createTransaction({ connection, release, isReadonly: true, assertDatabaseOpen: assertOpen });
  }

  /**
   * In a transaction of its own: without one, SQLite begins a copy anew after every write of another connection, and never
   * comes to an end where there are many.
   */
  async function copyState({ file, onPages }: CopyOptions): Promise<void> {
    assertOpen();
    const connection = readers.acquire();
    try {
      await retryBusy(busyTimeout, () => takeState(connection));
      await connection.copyTo(file, (done, total) => {
        assertOpen();
        onPages?.(done, total);
      });
    } finally {
      connection.rollback();
      readers.release(connection);
    }
  }

  async function all(
    sql: string,
    args: readonly SqliteValue[],
    options: QueryOptions & WaitOptions = {},
  ): Promise<ResultSet> {
    assertOpen();
    const { signal } = options;
    if (!isMemory) {
      const read = await retryBusy(
        busyTimeout,
        () => {
          assertOpen();
          return readers.shared().read(sql, args, options);
        },
        signal,
      );
      if (read) return read;
    }
    return withWriter(() => retryBusy(busyTimeout, () => writer.all(sql, args, options), signal), signal);
  }

  return {
    path,
    isMemory,
    run: (sql, args = [], { signal } = {}) =>
      withWriter(() => retryBusy(busyTimeout, () => writer.run(sql, args), signal), signal),
    all: (sql, args = [], queryOptions) => all(sql, args, queryOptions),
    exec: (script) => withWriter(() => execScript(script)),
    begin,
    iterate(sql, args = []) {
      if (isMemory) return createBufferedStream(() => all(sql, args));
      return createStream({ sql, args, busyTimeout, assertOpen, acquire: readers.acquire, release: readers.release });
    },
    async snapshot(work) {
      const transaction = await begin({ isReadonly: true });
      try {
        return await work(transaction);
      } finally {
        if (transaction.isOpen) await transaction.rollback();
      }
    },
    copyTo(copy) {
      return isMemory ? withWriter(() => writer.copyTo(copy.file, copy.onPages ?? (() => {}))) : copyState(copy);
    },
    withoutForeignKeys: (work) =>
      withWriter(async () => {
        const foreignKeys = writer.pragma('foreign_keys');
        // Inside a transaction this pragma does nothing.
        writer.pragma('foreign_keys = OFF');
        try {
          await retryBusy(busyTimeout, () => writer.begin());
          return await runTransaction(writer, work);
        } finally {
          if (writer.isOpen) writer.pragma(`foreign_keys = ${foreignKeys}`);
        }
      }),
    async sync() {
      assertOpen();
      if (!isMemory && !options.isReadonly) await syncLog(path);
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
    stats: () => ({
      writerStatements: writer.cachedStatements,
      readerStatements: readers.cachedStatements,
      waitingWriters: lock.waiting,
      openStreams: readers.openStreams,
    }),
  };
}

/** BEGIN alone takes no state: the first statement does. */
function takeState(connection: Connection): void {
  connection.exec('BEGIN');
  try {
    connection.all('SELECT count(*) FROM sqlite_schema', []);
  } catch (error) {
    connection.rollback();
    throw error;
  }
}

async function runTransaction<T>(
  connection: Connection,
  work: (transaction: SqliteTransaction) => Promise<T>,
): Promise<T> {
  const transaction = createTransaction({ connection, release: () => {} });
  try {
    const result = await work(transaction);
    if (transaction.isOpen) await transaction.commit();
    return result;
  } catch (error) {
    if (transaction.isOpen) await transaction.rollback();
    throw error;
  }
}
