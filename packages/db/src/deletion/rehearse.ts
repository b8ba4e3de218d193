import type { TransactionOptions } from '../connection/transaction-options.ts';

/** Carries the result of a rehearsal out of the transaction that it undoes. */
class Undone extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super('A dry run is undone.');
    this.result = result;
  }
}

/** A session, or the scope of a workspace. */
interface Transactions<Scope> {
  readonly transaction: <T>(work: (scope: Scope) => Promise<T>, options?: TransactionOptions) => Promise<T>;
}

/** Milliseconds. Whoever deletes a large source waits rather than have it taken back. */
const TIMEOUT_MS = 60 * 60 * 1000;

/**
 * Does `work` in one transaction, as long as it takes; a dry run takes all of it back, and still gives its result. It may
 * be done more than once.
 */
export async function rehearse<Scope, T>(
  scope: Transactions<Scope>,
  { isDryRun = false }: { readonly isDryRun?: boolean | undefined },
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  try {
    return await scope.transaction(
      async (inner) => {
        const result = await work(inner);
        if (isDryRun) throw new Undone(result);
        return result;
      },
      { timeoutMs: TIMEOUT_MS, isRepeatable: true },
    );
  } catch (error) {
    if (error instanceof Undone) return error.result as T;
    throw error;
  }
}
