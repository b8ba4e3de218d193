import { isBoundArray, isJson, type Sql } from '../sql/statement.ts';

/** Shorter ones are parts of any sentence; the databases put them into quotes. */
const TELLING_LENGTH = 4;

/**
 * What a database said of a statement, in one line and without the values that were bound to it. Databases repeat values in their
 * messages (`invalid input syntax for type integer: "…"`), and messages go to logs.
 */
export function withoutValues(reason: string, statement: Sql | undefined): string {
  let text = oneLine(reason);
  if (statement === undefined) return text;
  // The longest first, so that none is left over from another that it holds.
  const texts = [...new Set(statement.values.flatMap(textsOf))].sort((a, b) => b.length - a.length);
  for (const value of texts) {
    if (value.length >= TELLING_LENGTH) text = text.replaceAll(value, '?');
    else if (value !== '') text = text.replaceAll(`"${value}"`, '"?"').replaceAll(`'${value}'`, "'?'");
  }
  return text;
}

/** A value as a message may hold it. */
function textsOf(value: unknown): readonly string[] {
  if (isBoundArray(value)) return textsOf(value['~array']);
  if (isJson(value)) return [oneLine(JSON.stringify(value['~json']) ?? ''), ...textsOf(value['~json'])];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (value === null || value === undefined || typeof value === 'boolean') return [];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [] : [value.toISOString().slice(0, -1)];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('hex')];
  if (typeof value === 'object') return Object.values(value).flatMap(textsOf);
  return [oneLine(String(value))];
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
