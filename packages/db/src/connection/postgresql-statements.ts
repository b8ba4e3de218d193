import type pg from 'pg';
import { canceledBy } from './canceled.ts';
import { cancelStatement } from './postgresql-cancel.ts';

export type Result = pg.QueryArrayResult;

/** Sends a statement; a signal cancels it. */
export type Send = (config: pg.QueryArrayConfig, signal?: AbortSignal | undefined) => Promise<Result>;

/** Sends statements on a connection. */
export function sendTo(client: pg.PoolClient): Send {
  return async (config, signal) => {
    if (signal === undefined) return client.query(config);
    if (signal.aborted) throw canceledBy(signal);
    const running = client.query(config);
    let canceling: Promise<void> | undefined;
    const cancel = (): void => {
      canceling = cancelStatement(client, running);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await running;
    } finally {
      signal.removeEventListener('abort', cancel);
      await canceling;
    }
  };
}

/** A connection of the pool, for a while. */
export interface Loan {
  readonly client: pg.PoolClient;
  /** Gives it back; one that is spoilt is closed. */
  release(isSpoilt?: boolean): void;
}

/** Takes a connection out of the pool; who waits for one may leave off. */
export async function borrowConnection(pool: pg.Pool, signal?: AbortSignal): Promise<Loan> {
  const client = await (signal === undefined ? pool.connect() : connectUnless(pool, signal));
  // A connection that breaks between two statements says so at the next one; without a listener it would end the process.
  const ignore = (): void => {};
  client.on('error', ignore);
  return {
    client,
    release(isSpoilt = false) {
      client.removeListener('error', ignore);
      client.release(isSpoilt);
    },
  };
}

async function connectUnless(pool: pg.Pool, signal: AbortSignal): Promise<pg.PoolClient> {
  if (signal.aborted) throw canceledBy(signal);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(canceledBy(signal));
  signal.addEventListener('abort', abort, { once: true });
  const connecting = pool.connect();
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    // It may still come.
    connecting.then(
      (client) => client.release(),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const ROWS_AT_ONCE = 128;
let cursors = 0;

export type CursorQuery = Pick<pg.QueryArrayConfig, 'text' | 'types'> & {
  readonly values: unknown[];
  readonly signal: AbortSignal | undefined;
};

/** The rows of a question, some at a time, by a cursor of the transaction. */
export async function* readCursor(
  send: Send,
  { text, values, signal, ...query }: CursorQuery,
): AsyncGenerator<Result, void, undefined> {
  cursors += 1;
  const name = `sheaf_rows_${cursors}`;
  await send({ text: `DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values, rowMode: 'array' }, signal);
  try {
    for (let isMore = true; isMore; ) {
      const page = await send({ ...query, text: `FETCH ${ROWS_AT_ONCE} FROM ${name}`, rowMode: 'array' }, signal);
      yield page;
      isMore = page.rows.length === ROWS_AT_ONCE;
    }
  } finally {
    // Gone already where the transaction has failed or ended.
    await send({ text: `CLOSE ${name}`, rowMode: 'array' }).catch(() => {});
  }
}
