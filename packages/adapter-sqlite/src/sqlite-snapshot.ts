import type { Connection, QueryOptions, ResultSet } from './connection.ts';
import type { ReaderPool } from './reader-pool.ts';
import { retryBusy } from './retry-busy.ts';
import { SqliteAdapterError } from './sqlite-error.ts';
import type { SqliteValue } from './sqlite-value.ts';

/** Statements on one state of the database: what others commit meanwhile does not show. */
export interface SqliteSnapshot {
  /** A statement that writes fails. After the end of the snapshot it throws `TRANSACTION_ENDED`. */
  all(sql: string, args?: readonly SqliteValue[], options?: QueryOptions): Promise<ResultSet>;
}

export interface ReadSnapshotOptions {
  readonly readers: Pick<ReaderPool, 'acquire' | 'release'>;
  readonly busyTimeout: number;
  /** Throws when the database has been closed. */
  readonly assertOpen: () => void;
}

/** Gives `work` a connection of its own, in a transaction that reads. No writer waits for it. */
export async function readSnapshot<T>(
  { readers, busyTimeout, assertOpen }: ReadSnapshotOptions,
  work: (snapshot: SqliteSnapshot) => Promise<T>,
): Promise<T> {
  assertOpen();
  const connection = readers.acquire();
  let hasEnded = false;
  try {
    await retryBusy(busyTimeout, () => takeState(connection));
    return await work({
      async all(sql, args = [], options) {
        assertOpen();
        if (hasEnded) throw new SqliteAdapterError('TRANSACTION_ENDED', 'The snapshot has ended.');
        return connection.all(sql, args, options);
      },
    });
  } finally {
    hasEnded = true;
    connection.rollback();
    readers.release(connection);
  }
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
