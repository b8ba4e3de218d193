import { isSheafError, type SheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { textOf } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';

/** Whether an error comes from the driver, or from the Prisma adapter on its behalf, and so has a coded form. */
export function isSqliteError(error: unknown): boolean {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return (
    name === 'DriverAdapterError' || name === 'SqliteError' || (typeof code === 'string' && code.startsWith('SQLITE_'))
  );
}

/** Turns an error of the SQLite driver, or of the Prisma adapter over it, into a coded one. */
export function toSqliteError(error: unknown, path: string, statement?: Sql): SheafError {
  if (isSheafError(error)) return error;
  const reason = messageOf(error);
  const code = codeOf(error);
  const sql = statement ? textOf(statement) : '';
  const options = { cause: error };
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    const fields = reason.split('constraint failed: ')[1] ?? 'key';
    return dbErrors.create('unique-violation', { fields, sql }, options);
  }
  // `RESTRICT` is a trigger to SQLite.
  const isRestricted = code === 'SQLITE_CONSTRAINT_TRIGGER' && reason.includes('FOREIGN KEY');
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || isRestricted)
    return dbErrors.create('foreign-key-violation', { reason, sql }, options);
  if (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED') {
    return dbErrors.create('busy', { reason }, { ...options, isRetryable: true });
  }
  if (code === 'SQLITE_FULL') return dbErrors.create('disk-full', { target: path }, options);
  if (code.startsWith('SQLITE_IOERR')) {
    return dbErrors.create('disk-error', { target: path, reason: `${reason} (${code})` }, options);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return dbErrors.create('corrupt', { target: path, reason }, options);
  }
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    ['EACCES', 'EROFS', 'ELOOP', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR', 'EPERM'].includes(code)
  ) {
    return dbErrors.create('not-writable', { target: path, reason }, options);
  }
  return dbErrors.create('query-failed', { reason, sql }, options);
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === 'string') return code;
  const original = (cause as { readonly originalCode?: unknown } | undefined)?.originalCode;
  return typeof original === 'string' ? original : '';
}

function messageOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly originalMessage?: unknown; readonly message?: unknown } };
  if (typeof cause?.originalMessage === 'string') return cause.originalMessage;
  // The adapter's sentence names the path, as the coded error does.
  if (codeOf(error) === 'SQLITE_CANTOPEN' && typeof cause?.message === 'string') return cause.message;
  return error instanceof Error ? error.message : String(error);
}
