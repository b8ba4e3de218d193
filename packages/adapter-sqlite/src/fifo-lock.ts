import { SqliteAdapterError } from './sqlite-error.ts';

/** Hands one resource to one holder at a time, in the order in which they asked. */
export interface FifoLock {
  /**
   * Resolves with the function that gives the lock back; calling that twice is harmless.
   *
   * A waiter gives up once it has waited `timeout` milliseconds and the present holder has held the lock as long:
   * a queue that moves is never an error, a holder that does not let go is.
   *
   * @throws SqliteAdapterError `SQLITE_BUSY`; the reason of `signal` once that is aborted
   */
  acquire(timeout: number, signal?: AbortSignal): Promise<() => void>;
  /** How many wait now. */
  readonly waiting: number;
}

interface Waiter {
  readonly resolve: (release: () => void) => void;
  timer: NodeJS.Timeout;
}

/** A free lock. */
export function createFifoLock(): FifoLock {
  // A Set keeps the order of insertion, and removes a waiter that gave up without a search.
  const waiters = new Set<Waiter>();
  let isHeld = false;
  let heldSince = 0;

  function take(): () => void {
    isHeld = true;
    heldSince = performance.now();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      isHeld = false;
      const [next] = waiters;
      if (!next) return;
      waiters.delete(next);
      clearTimeout(next.timer);
      next.resolve(take());
    };
  }

  function wait(timeout: number, signal: AbortSignal | undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        waiters.delete(waiter);
        clearTimeout(waiter.timer);
        reject(signal?.reason);
      };
      const giveUp = (): void => {
        const remaining = heldSince + timeout - performance.now();
        if (remaining > 0) {
          waiter.timer = setTimeout(giveUp, Math.ceil(remaining));
          return;
        }
        waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
        reject(
          new SqliteAdapterError(
            'SQLITE_BUSY',
            `database is locked: another transaction of this process has been open for more than ${timeout} ms. ` +
              'A statement awaited inside a transaction must go through that transaction.',
          ),
        );
      };
      const waiter: Waiter = {
        resolve(release) {
          signal?.removeEventListener('abort', abort);
          resolve(release);
        },
        timer: setTimeout(giveUp, timeout),
      };
      signal?.addEventListener('abort', abort, { once: true });
      waiters.add(waiter);
    });
  }

  return {
    async acquire(timeout, signal) {
      signal?.throwIfAborted();
      return isHeld ? wait(timeout, signal) : take();
    },
    get waiting() {
      return waiters.size;
    },
  };
}
