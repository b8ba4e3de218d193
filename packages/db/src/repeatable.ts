import type { TransactionOptions } from './connection/transaction-options.ts';
import type { DataScope } from './scope.ts';
import type { Dialect } from './sql/dialect.ts';

/** Further tries when PostgreSQL gave a transaction up because another one was in its way. */
const RETRIES = 4;

interface TransactionPlace {
  readonly isInTransaction: boolean;
  readonly sql: { readonly dialect: Dialect };
}

/**
 * Options of a transaction that does nothing but ask the database: it is done again where that helps. Inside another one
 * nothing is: the whole of that is its caller's to repeat. SQLite has waited its time for the lock when it gives up.
 */
export function repeatable({ isInTransaction, sql: { dialect } }: TransactionPlace): TransactionOptions {
  return isInTransaction || dialect.provider === 'sqlite' ? {} : { retries: RETRIES };
}

/** Does the work of a repository in one transaction, or as a part of the one that the scope is in. */
export function inTransaction<T>(scope: DataScope, work: (inner: DataScope) => Promise<T>): Promise<T> {
  return scope.transaction(work, repeatable(scope));
}
