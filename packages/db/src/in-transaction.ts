import type { DataScope } from './scope.ts';

/** Does the work of a repository, which only asks the database, in one transaction or as a part of the scope's. */
export function inTransaction<T>(scope: DataScope, work: (inner: DataScope) => Promise<T>): Promise<T> {
  return scope.transaction(work, { isRepeatable: true });
}
