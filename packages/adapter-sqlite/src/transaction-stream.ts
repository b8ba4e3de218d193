import { type Columns, type Connection, exactNumbers } from './connection.ts';
import { paced, type SqliteStream } from './sqlite-stream.ts';
import type { SqliteValue } from './sqlite-value.ts';

/** How a transaction streams rows. */
export interface TransactionStreams {
  open(sql: string, args: readonly SqliteValue[]): SqliteStream;
  /** Ends those that are open: the connection is about to be another's. */
  close(): void;
}

/** `assertOpen` throws when the transaction has ended. */
export interface TransactionStreamsOptions {
  readonly connection: Connection;
  /** Whether the connection may write: then what it writes must not show in rows that are being read. */
  readonly isWriter: boolean;
  readonly assertOpen: () => void;
}

export function createTransactionStreams({
  connection,
  isWriter,
  assertOpen,
}: TransactionStreamsOptions): TransactionStreams {
  const open = new Set<IterableIterator<unknown[]>>();

  async function* readDirectly(
    sql: string,
    args: readonly SqliteValue[],
    describe: (columns: Columns) => void,
  ): AsyncGenerator<unknown[], void, undefined> {
    assertOpen();
    const stream = connection.stream(sql, args);
    open.add(stream.rows);
    try {
      const first = stream.rows.next();
      describe(stream.describe());
      yield* paced(first, stream.rows, assertOpen);
    } finally {
      if (open.delete(stream.rows)) stream.rows.return?.();
    }
  }

  return {
    open: (sql, args) => streamOf((describe) => (isWriter ? readAside : readDirectly)(sql, args, describe)),
    close() {
      for (const rows of open) rows.return?.();
      open.clear();
    },
  };

  /** The rows are put into a temporary table first, which is a file, and read from there some at a time. */
  async function* readAside(
    sql: string,
    args: readonly SqliteValue[],
    describe: (columns: Columns) => void,
  ): AsyncGenerator<unknown[], void, undefined> {
    assertOpen();
    const columns = connection.describe(sql);
    describe(columns);
    const names = columns.columns.map((_, index) => `c${index}`).join(', ');
    tables += 1;
    const table = `temp.sheaf_rows_${tables}`;
    // Columns without a type keep values as they are.
    connection.exec(`CREATE TEMP TABLE sheaf_rows_${tables} (${names})`);
    try {
      connection.run(`INSERT INTO ${table} ${sql}`, args);
      const page = `SELECT rowid, ${names} FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ${ROWS_AT_ONCE}`;
      for (let last: unknown = 0; ; ) {
        assertOpen();
        const { rows } = connection.all(page, [last as number]);
        for (const [id, ...row] of rows) {
          last = id;
          yield exactNumbers(row);
          assertOpen();
        }
        if (rows.length < ROWS_AT_ONCE) return;
      }
    } finally {
      if (connection.isInTransaction) connection.exec(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}

const ROWS_AT_ONCE = 128;
let tables = 0;

function streamOf(read: (describe: (columns: Columns) => void) => AsyncGenerator<unknown[]>): SqliteStream {
  let known: Columns = { columns: [], declaredTypes: [] };
  return {
    get columns() {
      return known.columns;
    },
    get declaredTypes() {
      return known.declaredTypes;
    },
    [Symbol.asyncIterator]: () =>
      read((columns) => {
        known = columns;
      }),
  };
}
