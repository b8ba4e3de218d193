import { setTimeout as sleep } from 'node:timers/promises';
import { isBusy, SqliteAdapterError } from './sqlite-error.ts';

/**
 * How long SQLite itself may wait for a lock, in milliseconds. It blocks the event loop meanwhile, so it is short:
 * enough for a commit of another process, the rest is waited for here.
 */
export const NATIVE_WAIT = 10;

const LONGEST_PAUSE = 25;
/** Milliseconds of waiting after which there are no pauses any more to speak of. */
const PATIENCE = 1_000;

/**
 * Runs `attempt` until it is not refused by a lock of another connection or `timeout` milliseconds have passed. The
 * pauses are random so that processes do not meet again, and the shorter the longer it has waited: SQLite gives the
 * lock to whoever asks first after it was let go, so that with equal pauses one of many may wait for ever. `attempt` must have no effect when it is refused: one
 * statement or one BEGIN, never a script.
 *
 * @throws SqliteAdapterError `SQLITE_BUSY`, or what `attempt` throws; the reason of `signal` once that is aborted
 */
export async function retryBusy<T>(timeout: number, attempt: () => T, signal?: AbortSignal): Promise<T> {
  let start: number | undefined;
  for (let pause = 1; ; pause *= 2) {
    signal?.throwIfAborted();
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      start ??= performance.now();
      const waited = performance.now() - start;
      if (waited >= timeout) throw gaveUp(timeout, error);
      const longest = Math.max(1, LONGEST_PAUSE * (1 - waited / PATIENCE));
      const rest = Math.min(Math.min(pause, longest) * (0.5 + Math.random()), timeout - waited);
      // An aborted sleep ends at once; the next round says why.
      await sleep(rest, undefined, { signal }).catch(() => {});
    }
  }
}

/** The same without giving up the event loop, for the short moment of opening. */
export function retryBusySync<T>(timeout: number, attempt: () => T): T {
  const start = performance.now();
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - start >= timeout) throw gaveUp(timeout, error);
      Atomics.wait(never, 0, 0, 5 + Math.random() * 10);
    }
  }
}

function gaveUp(timeout: number, cause: unknown): SqliteAdapterError {
  const message = `database is locked: another process has held a lock on it for more than ${timeout} ms.`;
  return new SqliteAdapterError('SQLITE_BUSY', message, { cause });
}
