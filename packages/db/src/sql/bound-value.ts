import { dbErrors } from '../errors.ts';
import { type BoundArray, isJson, isList, type Sql, type SqlValue, textOf } from './statement.ts';

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * What keeps a value out of a database, on either: a sentence's end such as "is NaN", without the value itself; undefined
 * if nothing does.
 */
export function refusalOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return refusalOfText(value);
    case 'number':
      return Number.isFinite(value) ? undefined : `is ${value}, which only some columns of some databases can hold`;
    case 'bigint':
      return value < MIN_INTEGER || value > MAX_INTEGER ? 'does not fit in 64 bits' : undefined;
    case 'boolean':
      return undefined;
    case 'object':
      if (value === null || value instanceof Uint8Array || isJson(value)) return undefined;
      if (value instanceof Date) return refusalOfDate(value);
      return 'is an object: bind a document with json()';
    default:
      return `is ${value === undefined ? 'undefined: use null' : `a ${typeof value}`}`;
  }
}

function refusalOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'holds a NUL character';
  return text.isWellFormed() ? undefined : 'holds half of a surrogate pair, which is no Unicode text';
}

function refusalOfDate(date: Date): string | undefined {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year)) return 'is an invalid date';
  return year < 1 || year > 9999 ? 'is a date outside of the years 1 to 9999' : undefined;
}

// NUL and half pairs as JSON writes them, after an even number of backslashes.
const UNFIT_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Whether text that JSON.stringify has written stands for text that a database cannot hold. */
export function refusalOfJson(text: string): string | undefined {
  if (!text.includes('\\u')) return undefined;
  return UNFIT_ESCAPE.test(text) ? 'holds a NUL character or half of a surrogate pair' : undefined;
}

/** The text of a document. @throws `db.invalid-value`, of the value at `index` of the statement. */
export function jsonText(document: unknown, statement: Sql, index: number): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(document);
  } catch (cause) {
    throw invalidValue(statement, index, 'cannot be written as JSON', cause);
  }
  if (text === undefined) throw invalidValue(statement, index, 'has no form in JSON');
  const refusal = refusalOfJson(text);
  if (refusal !== undefined) throw invalidValue(statement, index, refusal);
  return text;
}

/** @throws `db.invalid-value` unless the databases take the value; an array, unless they take each of its items. */
export function assertValue(value: SqlValue | BoundArray, statement: Sql, index: number): void {
  if (!isList(value)) {
    const refusal = refusalOf(value);
    if (refusal !== undefined) throw invalidValue(statement, index, refusal);
    return;
  }
  for (const item of value) {
    const refusal = isJson(item) ? 'is no simple value' : refusalOf(item);
    if (refusal !== undefined) throw invalidValue(statement, index, `has an item that ${refusal}`);
  }
}

export function invalidValue(statement: Sql, index: number, reason: string, cause?: unknown): Error {
  const name = statement.names?.[index];
  const value = name === undefined ? `value ${index + 1}` : `:${name}`;
  return dbErrors.create('invalid-value', { value, reason, sql: textOf(statement) }, { cause });
}
