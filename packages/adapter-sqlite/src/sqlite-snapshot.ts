import type { SqliteTransaction } from './sqlite-transaction.ts';

/**
 * Statements on one state of the database: what others commit meanwhile does not show. A statement that writes fails
 * with `SQLITE_READONLY`; after the end of the snapshot everything throws `TRANSACTION_ENDED`.
 */
export type SqliteSnapshot = Pick<SqliteTransaction, 'all' | 'iterate'>;
