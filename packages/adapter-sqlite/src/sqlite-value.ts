import { SqliteAdapterError } from './sqlite-error.ts';

/** What SQLite stores. A whole `number` is bound as INTEGER, any other as REAL, like a literal in SQL. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * The one representation of a value in the database, the same that Prisma's client writes: a `Date` as
 * `YYYY-MM-DDTHH:mm:ss.sss+00:00`, a boolean as 1 or 0, everything else as it is. JSON is text: stringify it first.
 *
 * @throws SqliteAdapterError `INVALID_VALUE` for what would be stored as something else (NaN, an invalid date) or not
 * at all (undefined, objects); `VALUE_OUT_OF_RANGE` for a bigint of more than 64 bits
 */
export function toSqliteValue(value: unknown): SqliteValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'number':
      if (Number.isNaN(value)) throw invalid('NaN, which SQLite would store as NULL');
      return value;
    case 'bigint':
      if (value < MIN_INTEGER || value > MAX_INTEGER) throw outOfRange(`${value}, which does not fit in 64 bits`);
      return value;
    case 'object':
      if (value === null || value instanceof Uint8Array) return value;
      if (value instanceof Date) return toSqliteDate(value);
      throw invalid('an object; pass JSON.stringify(value) to store JSON');
    default:
      throw invalid(typeof value);
  }
}

/** @throws SqliteAdapterError `INVALID_VALUE` when the date is invalid. */
export function toSqliteDate(date: Date): string {
  if (Number.isNaN(date.getTime())) throw invalid('an invalid date');
  return date.toISOString().replace('Z', '+00:00');
}

/**
 * A decimal as the nearest double: SQLite has no exact decimals.
 *
 * @throws SqliteAdapterError `INVALID_VALUE` for what is no number, `VALUE_OUT_OF_RANGE` beyond the largest double
 */
export function toSqliteDouble(text: string): number {
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) throw invalid(`${text}, which SQLite would store as NULL`);
  if (!Number.isFinite(value) && /\d/.test(text)) throw outOfRange(`${text}, which is beyond the largest double`);
  return value;
}

function invalid(what: string): SqliteAdapterError {
  return new SqliteAdapterError('INVALID_VALUE', `SQLite cannot hold ${what}.`);
}

function outOfRange(what: string): SqliteAdapterError {
  return new SqliteAdapterError('VALUE_OUT_OF_RANGE', `SQLite cannot hold ${what}.`);
}
