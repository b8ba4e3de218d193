import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Columns, Connection } from './connection.ts';
import { exactNumbers } from './connection.ts';
import { retryBusy } from './retry-busy.ts';
import type { SqliteValue } from './sqlite-value.ts';

/**
 * The rows of one statement, read as they are asked for. They are of one snapshot, taken with the first row. Leaving
 * a `for await` loop gives the connection back; while a stream is open the WAL file cannot shrink.
 */
export interface SqliteStream extends AsyncIterable<unknown[]> {
  /** Empty until the first row has been asked for. */
  readonly columns: string[];
  /** As in `ResultSet`; empty until the first row has been asked for. */
  readonly declaredTypes: (string | null)[];
}

/** A statement and where it may run. */
export interface StreamRequest {
  readonly sql: string;
  readonly args: readonly SqliteValue[];
  readonly busyTimeout: number;
  /** Takes a connection out of the pool for this stream alone. */
  readonly acquire: () => Connection;
  /** Gives it back. */
  readonly release: (connection: Connection) => void;
  /** Throws when the database has been closed. */
  readonly assertOpen: () => void;
}

/** How long a stream may keep the event loop from everything else, in milliseconds. */
const LONGEST_RUN = 10;
const ROWS_BETWEEN_CHECKS = 64;

/** Every iteration runs the statement anew, on a connection of its own. */
export function createStream(request: StreamRequest): SqliteStream {
  const { sql, args, busyTimeout, acquire, release, assertOpen } = request;
  let known: Columns = { columns: [], declaredTypes: [] };

  async function* iterate(): AsyncGenerator<unknown[], void, undefined> {
    assertOpen();
    const connection = acquire();
    let rows: IterableIterator<unknown[]> | undefined;
    try {
      // A lock can only be in the way of the first step, which takes the snapshot.
      const { stream, first } = await retryBusy(busyTimeout, () => {
        const stream = connection.stream(sql, args);
        return { stream, first: stream.rows.next() };
      });
      rows = stream.rows;
      known = stream.describe();
      yield* paced(first, rows, assertOpen);
    } finally {
      if (connection.isOpen) rows?.return?.();
      release(connection);
    }
  }

  return {
    get columns() {
      return known.columns;
    },
    get declaredTypes() {
      return known.declaredTypes;
    },
    [Symbol.asyncIterator]: iterate,
  };
}

/** Passes rows on, and lets the event loop do other things now and then. */
export async function* paced(
  first: IteratorResult<unknown[]>,
  rows: IterableIterator<unknown[]>,
  assertOpen: () => void,
): AsyncGenerator<unknown[], void, undefined> {
  let row = first;
  let pausedAt = performance.now();
  for (let count = 1; !row.done; count++) {
    yield exactNumbers(row.value);
    if (count % ROWS_BETWEEN_CHECKS === 0 && performance.now() - pausedAt > LONGEST_RUN) {
      await yieldToEventLoop();
      pausedAt = performance.now();
    }
    assertOpen();
    row = rows.next();
  }
}

/** A stream of rows that are in memory anyway. */
export function createBufferedStream(load: () => Promise<Columns & { rows: unknown[][] }>): SqliteStream {
  let known: Columns = { columns: [], declaredTypes: [] };
  return {
    get columns() {
      return known.columns;
    },
    get declaredTypes() {
      return known.declaredTypes;
    },
    async *[Symbol.asyncIterator]() {
      const result = await load();
      known = result;
      yield* result.rows;
    },
  };
}
