/**
 * SQLite knows the types of a table's columns, not those of expressions or of what RETURNING gives: these read a
 * value in either form.
 */
export function readDate(value: unknown): Date {
  return value instanceof Date ? value : new Date(value as string);
}

export function readOptionalDate(value: unknown): Date | null {
  return value === null ? null : readDate(value);
}

/** For JSON columns that hold objects. */
export function readRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return (typeof value === 'string' ? JSON.parse(value) : value) as Readonly<Record<string, unknown>> | null;
}

/** A plain view of bytes, whatever class the driver gives. */
export function readBytes(value: unknown): Uint8Array {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}
