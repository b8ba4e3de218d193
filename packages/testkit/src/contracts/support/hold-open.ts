import type { DataScope } from '@sheaf/db';
import { wait } from './run-rows.ts';

export interface HeldTransaction<T> {
  readonly result: T;
  /** Commits once others have had the time to run into the transaction. */
  commit(): Promise<void>;
}

/** Does `work` in a transaction and keeps that open. */
export async function holdOpen<T>(
  scope: DataScope,
  work: (scope: DataScope) => Promise<T>,
): Promise<HeldTransaction<T>> {
  const done = Promise.withResolvers<T>();
  const released = Promise.withResolvers<void>();
  const transaction = scope.transaction(async (inner) => {
    done.resolve(await work(inner));
    await released.promise;
  });
  transaction.catch(done.reject);
  return {
    result: await done.promise,
    async commit() {
      await wait(200);
      released.resolve();
      await transaction;
    },
  };
}
