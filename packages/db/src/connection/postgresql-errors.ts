import { isSheafError, type SheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { type Sql, textOf } from '../sql/statement.ts';
import { ROLES_REFUSED } from '../tenancy/roles.ts';
import { canceledBy } from './canceled.ts';
import { originalErrorOf } from './original-error.ts';
import { withoutValues } from './without-values.ts';

interface DriverError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly constraint?: string;
}

export interface PostgresqlErrorContext {
  /** Names the database, without user and password. */
  readonly label: string;
  readonly statement?: Sql | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** SQLSTATEs after which the same transaction may succeed when tried again (PostgreSQL appendix A). */
const CONFLICTS = new Set(['40001', '40P01', 'P2034']);

/** What the system, the server and Prisma call a connection that is not to be had, or is no more. */
const CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '28P01',
  '28000',
  '3D000',
  'P1000',
  'P1001',
  'P1003',
  'P1008',
  'P1010',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
]);
/** The driver has no codes for these. */
const CONNECTION_WORDS =
  /connection terminated|connection error|not queryable|connection timeout|timeout exceeded|does not support SSL/i;

const CODE = /^(?:[0-9A-Z]{5}|E[A-Z_]+)$/;

/** Whether an error comes from the driver, or from Prisma on its behalf, and so has a coded form. */
export function isPostgresqlError(error: unknown): boolean {
  if (isSheafError(error) || !(error instanceof Error)) return false;
  const { code, name, message } = error as DriverError;
  return (
    name === 'DriverAdapterError' || (typeof code === 'string' && CODE.test(code)) || CONNECTION_WORDS.test(message)
  );
}

/** Turns an error of the driver, or of Prisma over it, into a coded one. */
export function toPostgresqlError(error: unknown, context: PostgresqlErrorContext): SheafError {
  if (isSheafError(error)) return error;
  const { label: target, statement, signal } = context;
  if (signal?.aborted) return canceledBy(signal) as SheafError;
  const cause = error as DriverError;
  const { code, ...described } = describe(cause);
  const reason = withoutQuoted(withoutValues(described.reason, statement), code);
  const sql = statement ? textOf(statement) : '';
  if (code === '23505') {
    const fields = /Key \((.*?)\)=/.exec(cause.detail ?? '')?.[1] ?? cause.constraint ?? 'key';
    return dbErrors.create('unique-violation', { fields, sql }, { cause });
  }
  // 23001 is what a key that says RESTRICT gives.
  if (code === '23503' || code === '23001') return dbErrors.create('foreign-key-violation', { reason, sql }, { cause });
  if (code === '55P03') return dbErrors.create('busy', { reason }, { cause, isRetryable: true });
  if (code === '53100') return dbErrors.create('disk-full', { target }, { cause });
  if (code === ROLES_REFUSED) return dbErrors.create('roles-refused', { reason }, { cause });
  if (code === '42501') return dbErrors.create('not-permitted', { target, reason }, { cause });
  if (code === '25006') return dbErrors.create('read-only', { sql }, { cause });
  if (code === '25P02') return dbErrors.create('transaction-failed', {}, { cause });
  if (code === '57014') return dbErrors.create('statement-timeout', { reason, sql }, { cause });
  if (CONFLICTS.has(code)) return dbErrors.create('conflict', { reason, sql }, { cause, isRetryable: true });
  if (code === '53300') {
    const hint = 'Close other connections, lower SHEAF_POOL_MAX, or raise the limit of the server or of the role.';
    return dbErrors.create('connection-failed', { target, reason }, { cause, hint, isRetryable: true });
  }
  if (CONNECTION.has(code) || code.startsWith('08') || code.startsWith('57P') || CONNECTION_WORDS.test(reason)) {
    return dbErrors.create('connection-failed', { target, reason }, { cause, isRetryable: true });
  }
  return dbErrors.create('query-failed', { reason, sql }, { cause });
}

/** Data exceptions (class 22) quote the data, also where it came from another column and not from a bound value. */
function withoutQuoted(reason: string, code: string): string {
  return code.startsWith('22') ? reason.replaceAll(/"(?:[^"]|"")*"/g, '"?"') : reason;
}

/** The first error that a server or the system gave. */
function describe(error: DriverError): { readonly code: string; readonly reason: string } {
  const { originalCode, originalMessage } = originalErrorOf(error);
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  const reason = originalMessage || error.message || first?.message || String(error);
  return { code: originalCode ?? error.code ?? '', reason };
}
