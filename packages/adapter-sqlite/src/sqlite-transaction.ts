import type { Connection, QueryOptions, ResultSet, RunResult } from './connection.ts';
import { SqliteAdapterError } from './sqlite-error.ts';
import type { SqliteStream } from './sqlite-stream.ts';
import type { SqliteValue } from './sqlite-value.ts';
import { createTransactionStreams } from './transaction-stream.ts';

/**
 * An open transaction. It holds the write lock of the database from its beginning, so that no statement of it fails
 * because another one wrote first. Keep it short: every other writer waits for it.
 *
 * After its end every method throws `TRANSACTION_ENDED`, except that `rollback` after a rollback does nothing.
 */
export interface SqliteTransaction {
  run(sql: string, args?: readonly SqliteValue[]): Promise<RunResult>;
  all(sql: string, args?: readonly SqliteValue[], options?: QueryOptions): Promise<ResultSet>;
  /**
   * Streams the rows of a statement that only reads, as they are when the first is asked for; other statements may run
   * between them. Where the transaction may write, they are put into a temporary table first.
   */
  iterate(sql: string, args?: readonly SqliteValue[]): SqliteStream;
  /** Runs several statements. Savepoints go through here too. */
  exec(script: string): Promise<void>;
  /** Makes the changes visible and durable. If that fails everything is rolled back and the error thrown. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** False once it has ended, by `commit`, by `rollback` or because SQLite gave it up (a full disk, for example). */
  readonly isOpen: boolean;
}

/** What a transaction works on. `release` is called once, at its end. */
export interface TransactionResources {
  readonly connection: Connection;
  readonly release: () => void;
  /** Whether it is a connection for reading only. */
  readonly isReadonly?: boolean;
  /** Throws when the database has been closed. */
  readonly assertDatabaseOpen?: () => void;
}

const COMMITTED = 'it was committed';
const ROLLED_BACK = 'it was rolled back';
const LOST = 'SQLite gave it up, one of its statements ended it, or its database was closed';

/** Wraps a connection on which BEGIN has just run. */
export function createTransaction({
  connection,
  release,
  isReadonly = false,
  assertDatabaseOpen,
}: TransactionResources): SqliteTransaction {
  let ending: string | undefined;
  const streams = createTransactionStreams({ connection, isWriter: !isReadonly, assertOpen: assertUsable });

  function end(how: string): void {
    ending = how;
    streams.close();
    try {
      // Also after a failed COMMIT, which leaves the transaction open.
      if (how !== COMMITTED) connection.rollback();
    } finally {
      release();
    }
  }

  function assertUsable(): void {
    assertDatabaseOpen?.();
    assertOpen();
  }

  function assertOpen(): void {
    // Without this check a statement would run by itself, committed at once.
    if (!ending && !connection.isInTransaction) end(LOST);
    if (ending) throw new SqliteAdapterError('TRANSACTION_ENDED', `The transaction has already ended: ${ending}.`);
  }

  /** Throws what `work` throws; as a rejection, since every caller is an async function. */
  function use<T>(work: () => T): T {
    assertUsable();
    try {
      return work();
    } finally {
      if (!connection.isInTransaction) end(LOST);
    }
  }

  return {
    run: async (sql, args = []) => use(() => connection.run(sql, args)),
    all: async (sql, args = [], options) => use(() => connection.all(sql, args, options)),
    iterate: (sql, args = []) => streams.open(sql, args),
    exec: async (script) => use(() => connection.exec(script)),
    async commit() {
      assertOpen();
      try {
        connection.commit();
      } catch (error) {
        try {
          end(ROLLED_BACK);
        } catch {
          // Why the commit failed says more; `begin` rolls back once more.
        }
        throw error;
      }
      end(COMMITTED);
    },
    async rollback() {
      if (ending && ending !== COMMITTED) return;
      assertOpen();
      end(ROLLED_BACK);
    },
    get isOpen() {
      return !ending && connection.isInTransaction;
    },
  };
}
