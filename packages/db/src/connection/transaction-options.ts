import { dbErrors } from '../errors.ts';

/** How much of other transactions' work one may see: each step forbids more than the one before. */
export type TransactionIsolation = 'read-committed' | 'repeatable-read' | 'serializable';

export interface TransactionOptions {
  /** Milliseconds after which it is rolled back; default the connection's. A nested one has those of the outermost. */
  readonly timeoutMs?: number;
  /**
   * Default the database's: `read-committed` on PostgreSQL. On SQLite every transaction is serializable. A nested one may
   * ask for no more than the outermost has.
   */
  readonly isolation?: TransactionIsolation;
  /** Refuses statements that write, with `db.read-only`; on SQLite it also waits for no writer. Default false. */
  readonly isReadOnly?: boolean;
  /** Rolls the transaction back with `db.canceled`; a statement that runs is canceled on PostgreSQL. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How often `work` may run again, from its beginning, after the database has given the transaction up for the sake of
   * another one (`db.conflict`, `db.busy`); default 0. Only for work that does nothing but by its session. A nested
   * transaction has none: the whole one is to be repeated.
   */
  readonly retries?: number;
  /**
   * Says that `work` does nothing but by its session: it runs again, a few times, after `db.conflict`. Who waits for a lock
   * has waited its time by then, and is told `db.busy` at once. Inside another transaction it is the outermost that says
   * so. Default false.
   */
  readonly isRepeatable?: boolean;
}

const ORDER: readonly TransactionIsolation[] = ['read-committed', 'repeatable-read', 'serializable'];

/** @throws `db.transaction-options` where a nested transaction asks for what the outermost one does not give. */
export function assertNestable(nested: TransactionOptions, outer: TransactionOptions): void {
  const refuse = (option: string, has: string): never => {
    throw dbErrors.create('transaction-options', { option, outer: has });
  };
  const has = outer.isolation ?? 'read-committed';
  if (nested.isolation !== undefined && ORDER.indexOf(nested.isolation) > ORDER.indexOf(has)) {
    refuse(`the isolation ${nested.isolation}`, has);
  }
  if (nested.isReadOnly === true && outer.isReadOnly !== true) refuse('isReadOnly', 'the right to write');
  if (nested.retries !== undefined && nested.retries > 0) refuse('retries', 'statements of its own that would be lost');
}
