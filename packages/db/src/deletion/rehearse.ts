/** Carries the result of a rehearsal out of the transaction that it undoes. */
class Undone extends Error {
  readonly result: unknown;
  constructor(result: unknown) {
    super('A dry run is undone.');
    this.result = result;
  }
}

export interface RehearseOptions<Scope> {
  readonly transaction: <T>(work: (scope: Scope) => Promise<T>) => Promise<T>;
  readonly isDryRun: boolean | undefined;
}

/** Does `work` in one transaction; a dry run takes all of it back, and still gives its result. */
export async function rehearse<Scope, T>(
  { transaction, isDryRun = false }: RehearseOptions<Scope>,
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  try {
    return await transaction(async (scope) => {
      const result = await work(scope);
      if (isDryRun) throw new Undone(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Undone) return error.result as T;
    throw error;
  }
}
