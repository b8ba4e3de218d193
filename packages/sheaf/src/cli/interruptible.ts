import { cliErrors } from './errors.ts';

/**
 * Waits for work that cannot be interrupted and loses nothing by being left: opening a database, a migration, whose
 * transaction ends with the process. An abort is answered at once; what the work still gives is handed to `discard`.
 *
 * @throws `cli.interrupted`, and what the work throws.
 */
export function interruptible<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
  discard: (late: T) => Promise<unknown> = async () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const interrupt = (): void => reject(cliErrors.create('interrupted', {}));
    if (signal.aborted) {
      interrupt();
      return;
    }
    signal.addEventListener('abort', interrupt, { once: true });
    work().then(
      (result) => {
        signal.removeEventListener('abort', interrupt);
        if (signal.aborted) discard(result).catch(() => {});
        else resolve(result);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', interrupt);
        reject(error);
      },
    );
  });
}
