import { dbErrors } from '../errors.ts';

/**
 * What is known of an open transaction by all who send statements to it: the SQL port and the Prisma client. One
 * statement runs at a time, and after one has failed no other does, as PostgreSQL has it: on both databases the work is
 * done as a whole or not at all.
 */
export interface TransactionState {
  /**
   * Runs a statement in its turn.
   *
   * @throws `db.transaction-failed` after a failure.
   */
  run<T>(statement: () => Promise<T>, options?: StateOptions): Promise<T>;
  /** @throws `db.transaction-failed`. */
  assertSound(): void;
  /** Whether a statement runs now. */
  readonly isBusy: boolean;
  /** Resolves when no statement runs. */
  idle(): Promise<void>;
}

export interface StateOptions {
  /** Whether it takes the work back to where it was sound: `ROLLBACK TO SAVEPOINT`. */
  readonly isRecovery?: boolean;
}

/** `failureOf` gives the coded form of what the database said; undefined for what was refused before it was asked. */
export function createTransactionState(failureOf: (error: unknown) => Error | undefined): TransactionState {
  let failure: Error | undefined;
  let last: Promise<void> | undefined;
  const assertSound = (): void => {
    if (failure !== undefined) throw dbErrors.create('transaction-failed', {}, { cause: failure });
  };
  return {
    async run(statement, { isRecovery = false } = {}) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      try {
        if (before !== undefined) await before;
        if (!isRecovery) assertSound();
        const result = await statement();
        if (isRecovery) failure = undefined;
        return result;
      } catch (error) {
        failure ??= failureOf(error);
        throw error;
      } finally {
        if (last === promise) last = undefined;
        resolve();
      }
    },
    assertSound,
    get isBusy() {
      return last !== undefined;
    },
    async idle() {
      while (last !== undefined) await last;
    },
  };
}

/** Whether a statement goes back to a savepoint. */
export function isRecovery(text: string): boolean {
  return /^\s*ROLLBACK\s+(?:WORK\s+|TRANSACTION\s+)?TO\b/i.test(text);
}
