import type { Provider } from '@sheaf/db';
import type { Statement } from 'better-sqlite3';
import pg from 'pg';
import { openBetterSqlite3 } from '../harness/open-better-sqlite3.ts';

/** A driver with nothing around it; parameters are `$1`, `$2`, … */
export interface RawDriver {
  all(text: string, values: readonly unknown[]): Promise<readonly unknown[]>;
  /** Gives the number of rows changed. */
  run(text: string, values: readonly unknown[]): Promise<number>;
  inTransaction<T>(work: (inner: Pick<RawDriver, 'all'>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openRaw(provider: Provider, url: string): RawDriver {
  return provider === 'sqlite' ? openRawSqlite(url) : openRawPostgresql(url);
}

/** Prepared once, as whoever knows better-sqlite3 does. */
function openRawSqlite(path: string): RawDriver {
  const database = openBetterSqlite3(path);
  const statements = new Map<string, Statement<unknown[]>>();
  const prepare = (text: string): Statement<unknown[]> => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = database.prepare<unknown[]>(text.replaceAll(/\$\d+/g, '?'));
      statements.set(text, statement);
    }
    return statement;
  };
  return {
    all: async (text, values) => prepare(text).all(...values),
    run: async (text, values) => prepare(text).run(...values).changes,
    inTransaction: () => Promise.reject(new Error('Not measured on SQLite.')),
    close: async () => void database.close(),
  };
}

function openRawPostgresql(url: string): RawDriver {
  const pool = new pg.Pool({ connectionString: url, options: '-c TimeZone=UTC' });
  return {
    all: async (text, values) => (await pool.query(text, [...values])).rows,
    run: async (text, values) => (await pool.query(text, [...values])).rowCount ?? 0,
    async inTransaction(work) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const result = await work({ all: async (text, values) => (await client.query(text, [...values])).rows });
        await client.query('COMMIT');
        return result;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
