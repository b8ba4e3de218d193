export type { QueryOptions, ResultSet, RunResult } from './connection.ts';
export { createPrismaSqlite, type PrismaSqliteOptions } from './create-prisma-sqlite.ts';
export { mapSqliteError } from './map-sqlite-error.ts';
export {
  type BeginOptions,
  type CopyOptions,
  openSqlite,
  type SqliteDatabase,
  type SqliteStats,
  type WaitOptions,
} from './sqlite-database.ts';
export { isBusy, SqliteAdapterError, type SqliteErrorCode } from './sqlite-error.ts';
export type { SqliteOptions } from './sqlite-options.ts';
export type { SqliteSnapshot } from './sqlite-snapshot.ts';
export type { SqliteStream } from './sqlite-stream.ts';
export type { SqliteTransaction } from './sqlite-transaction.ts';
export { type SqliteValue, toSqliteDate, toSqliteValue } from './sqlite-value.ts';
