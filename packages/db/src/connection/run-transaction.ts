import { setTimeout as sleep } from 'node:timers/promises';
import { isSheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { canceledBy } from './canceled.ts';
import type { Session } from './connection.ts';
import { createTransactionSession, type TransactionDriver, type TransactionSession } from './session.ts';
import type { TransactionOptions } from './transaction-options.ts';

/** A transaction that the database has begun. */
export interface OpenTransaction<Client> {
  readonly driver: TransactionDriver;
  readonly client: Client;
  /** Ends the statement that runs, if any, and waits for its end. */
  cancel(): Promise<void>;
}

/** How a database runs transactions. */
export interface TransactionHost<Client> {
  /** Begins a transaction and commits it when `work` resolves, or rolls it back; errors come out coded. */
  begin<T>(work: (open: OpenTransaction<Client>) => Promise<T>, options: BeginTransaction): Promise<T>;
}

export interface BeginTransaction extends Pick<TransactionOptions, 'isolation' | 'isReadOnly'> {
  /** Ends the wait for the beginning. */
  readonly signal: AbortSignal;
  /** Milliseconds after which the database's own client should end it, if nothing else has. */
  readonly backstopMs: number;
}

type Work<Client, T> = (session: Session<Client>) => Promise<T>;

/** How often repeatable work runs again at the most; once is mostly enough. */
const REPETITIONS = 4;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;
const BACKSTOP_MS = 60_000;
/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Runs `work` in a transaction, again where it may be and another transaction was in the way. */
export async function runTransaction<Client, T>(
  host: TransactionHost<Client>,
  work: Work<Client, T>,
  options: TransactionOptions & { readonly timeoutMs: number },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(host, work, options);
    } catch (error) {
      if (attempt > repetitions(error, options)) throw error;
      // Random, so that those who met do not meet again.
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
      await sleep(pause, undefined, { signal: options.signal }).catch(() => {});
    }
  }
}

/** How often the work may run again after an error: only after one by which nothing of it has been done. */
function repetitions(error: unknown, options: TransactionOptions): number {
  const { retries = 0, isRepeatable = false } = options;
  if (isSheafError(error, 'db.transaction-failed')) return repetitions(error.cause, options);
  if (isSheafError(error, 'db.conflict')) return Math.max(retries, isRepeatable ? REPETITIONS : 0);
  return isSheafError(error, 'db.busy') ? retries : 0;
}

async function attemptTransaction<Client, T>(
  host: TransactionHost<Client>,
  work: Work<Client, T>,
  options: TransactionOptions & { readonly timeoutMs: number },
): Promise<T> {
  const { signal, timeoutMs } = options;
  if (signal?.aborted) throw canceledBy(signal);
  const ending = new AbortController();
  const { promise: ended, reject: endEarly } = Promise.withResolvers<never>();
  const { promise: abandoned, reject: abandon } = Promise.withResolvers<never>();
  for (const promise of [ended, abandoned]) promise.catch(() => {});
  let session: TransactionSession<Client> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const end = (reason: Error): void => {
    ending.abort(reason);
    session?.end(reason);
    endEarly(reason);
    // Who waits for the beginning does not wait for it any longer; once it has come it is rolled back.
    if (session === undefined) abandon(reason);
  };
  const cancel = (): void => end(canceledBy(signal as AbortSignal));
  const giveUp = (): void => end(dbErrors.create('transaction-timeout', { timeoutMs }));
  signal?.addEventListener('abort', cancel, { once: true });

  const perform = async (open: OpenTransaction<Client>): Promise<T> => {
    ending.signal.throwIfAborted();
    timer = setTimeout(giveUp, Math.min(timeoutMs, LONGEST_TIMER_MS));
    session = createTransactionSession({ ...open, options });
    try {
      return await Promise.race([session.run(work), ended]);
    } catch (error) {
      if (ending.signal.aborted) await open.cancel();
      throw error;
    } finally {
      clearTimeout(timer);
      session.end();
    }
  };

  try {
    const { isolation, isReadOnly } = options;
    const backstopMs = Math.min(timeoutMs + BACKSTOP_MS, LONGEST_TIMER_MS);
    const running = host.begin(perform, {
      signal: ending.signal,
      backstopMs,
      ...(isolation === undefined ? {} : { isolation }),
      ...(isReadOnly === undefined ? {} : { isReadOnly }),
    });
    return await Promise.race([running, abandoned]);
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
}
