import type { SheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { textOf } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';

interface DriverError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly constraint?: string;
}

/** SQLSTATEs after which the same transaction may succeed when tried again (PostgreSQL appendix A). */
const RETRYABLE = new Set(['40001', '40P01', '57P03', '53300']);
const CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '28P01',
  '28000',
  '3D000',
]);

export function toPostgresqlError(error: unknown, statement?: Sql): SheafError {
  const cause = error as DriverError;
  const reason = cause.message ?? String(error);
  const sql = statement ? textOf(statement) : '';
  const code = cause.code ?? '';
  if (code === '23505') {
    const fields = /Key \((.*?)\)=/.exec(cause.detail ?? '')?.[1] ?? cause.constraint ?? 'key';
    return dbErrors.create('unique-violation', { fields, sql }, { cause });
  }
  // 23001 is what a key that says RESTRICT gives.
  if (code === '23503' || code === '23001') return dbErrors.create('foreign-key-violation', { reason, sql }, { cause });
  if (code === '55P03') return dbErrors.create('busy', { reason }, { cause, isRetryable: true });
  if (code === '53100') return dbErrors.create('disk-full', { target: 'PostgreSQL' }, { cause });
  if (
    CONNECTION.has(code) ||
    code.startsWith('08') ||
    code.startsWith('57P') ||
    /terminated unexpectedly|timeout exceeded/.test(reason)
  ) {
    return dbErrors.create('connection-failed', { target: 'PostgreSQL', reason }, { cause, isRetryable: true });
  }
  return dbErrors.create('query-failed', { reason, sql }, { cause, isRetryable: RETRYABLE.has(code) });
}
