import { isSheafError } from '@sheaf/core';

/** What is wrong with the database, the byte store or the disk under them, whatever was being written. */
const CODES: ReadonlySet<string> = new Set([
  'db.busy',
  'db.connection-failed',
  'db.corrupt',
  'db.disk-error',
  'db.disk-full',
  'db.not-permitted',
  'db.not-writable',
]);

/**
 * Whether an error says that the store fails, and not what is stored: then the next document fares no better, and the
 * work is to stop, so that it goes on where it was once a person has mended it.
 */
export function isStoreFailure(error: unknown): boolean {
  return isSheafError(error) && CODES.has(error.code);
}
