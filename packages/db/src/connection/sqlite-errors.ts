import { isSheafError, type SheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { type Sql, textOf } from '../sql/statement.ts';
import { canceledBy } from './canceled.ts';
import { originalErrorOf } from './original-error.ts';
import { withoutValues } from './without-values.ts';

export interface SqliteErrorContext {
  /** Names the database. */
  readonly path: string;
  readonly statement?: Sql | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether it is the transaction that may not write, rather than the process. */
  readonly isReadOnly?: boolean | undefined;
}

/** Whether an error comes from the SQLite driver, or from the Prisma adapter on its behalf, and so has a coded form. */
export function isSqliteError(error: unknown): boolean {
  const { name } = error as { readonly name?: unknown };
  return name === 'DriverAdapterError' || name === 'SqliteError' || codeOf(error).startsWith('SQLITE_');
}

/** Turns an error of the SQLite driver, or of the Prisma adapter over it, into a coded one. */
export function toSqliteError(error: unknown, context: SqliteErrorContext): SheafError {
  if (isSheafError(error)) return error;
  const { path, statement, signal, isReadOnly } = context;
  if (signal?.aborted && error === signal.reason) return canceledBy(signal) as SheafError;
  const reason = withoutValues(messageOf(error), statement);
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
  if (code === 'NOT_A_READ') return dbErrors.create('not-a-question', { sql }, options);
  if (code === 'TRANSACTION_ENDED') return dbErrors.create('transaction-ended', {}, options);
  if (code === 'SQLITE_READONLY' && isReadOnly) return dbErrors.create('read-only', { sql }, options);
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
  const { code } = error as { readonly code?: unknown };
  return originalErrorOf(error).originalCode ?? (typeof code === 'string' ? code : '');
}

function messageOf(error: unknown): string {
  const { originalMessage } = originalErrorOf(error);
  if (originalMessage !== undefined) return originalMessage;
  if (!(error instanceof Error)) return String(error);
  // The adapter's sentence names the path, as the coded error does.
  return codeOf(error) === 'SQLITE_CANTOPEN' && error.cause instanceof Error ? error.cause.message : error.message;
}
