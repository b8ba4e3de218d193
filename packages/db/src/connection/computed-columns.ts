import type { ColumnType } from '../sql/dialect.ts';

export type Decode = (value: unknown) => unknown;

const DECODERS: Readonly<Partial<Record<ColumnType, Decode>>> = {
  datetime: (value) => (typeof value === 'string' ? new Date(value) : value),
  boolean: (value) => (typeof value === 'number' || typeof value === 'bigint' ? Number(value) !== 0 : value),
  json: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
};

/** How the value of a computed column is read that the database gives as text or as a number. */
export function computedDecoder(types: Readonly<Record<string, ColumnType>>, column: string): Decode | undefined {
  const type = Object.hasOwn(types, column) ? types[column] : undefined;
  return type === undefined ? undefined : DECODERS[type];
}
