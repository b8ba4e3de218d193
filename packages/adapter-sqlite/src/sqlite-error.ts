import { resultCode } from './result-codes.ts';

/**
 * What went wrong outside of SQLite itself. Failures of a statement keep better-sqlite3's own error, whose `code` is
 * the name of SQLite's result code (`SQLITE_CONSTRAINT_UNIQUE`, …).
 *
 * - `SQLITE_BUSY`: another transaction, of this process or another, held the database longer than `busyTimeout`.
 * - `SQLITE_CANTOPEN`: the file cannot be opened or created.
 * - `TRANSACTION_ENDED`: a transaction was used after its end.
 * - `TRANSACTION_LEFT_OPEN`: a statement or script outside a transaction opened one and did not end it.
 * - `DATABASE_CLOSED`: the database was used after `close()`.
 * - `NOT_A_READ`: `iterate` was given a statement that writes or returns nothing.
 * - `INVALID_VALUE`: a value that SQLite has no representation for.
 * - `VALUE_OUT_OF_RANGE`: an integer of more than 64 bits, or a decimal beyond the largest double.
 * - `INVALID_OPTION`: an option of `openSqlite` makes no sense.
 */
export type SqliteErrorCode =
  | 'SQLITE_BUSY'
  | 'SQLITE_CANTOPEN'
  | 'TRANSACTION_ENDED'
  | 'TRANSACTION_LEFT_OPEN'
  | 'DATABASE_CLOSED'
  | 'NOT_A_READ'
  | 'INVALID_VALUE'
  | 'VALUE_OUT_OF_RANGE'
  | 'INVALID_OPTION';

/** An error of this package. Compare `code`, not the class. */
export class SqliteAdapterError extends Error {
  override readonly name: string = 'SqliteAdapterError';
  readonly code: SqliteErrorCode;

  constructor(code: SqliteErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const BUSY = 5;

/**
 * Whether SQLite refused because another connection holds a lock: `SQLITE_BUSY` or one of its extended codes, also one
 * that better-sqlite3 knows by number only.
 */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (resultCode(code) & 0xff) === BUSY;
}
