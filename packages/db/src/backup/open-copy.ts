import { openSqlite } from '@sheaf/adapter-sqlite';
import { createSqliteDriver } from '../connection/sqlite-driver.ts';
import { createSqlExecutor, type SqlExecutor } from '../sql/executor.ts';

/** Opens the copy of an SQLite database. It is left as one file, which needs no log. */
export async function withCopy<T>(file: string, work: (db: SqlExecutor) => Promise<T>): Promise<T> {
  const database = openSqlite({ path: file, pragmas: { journal_mode: 'DELETE', synchronous: 'FULL' } });
  try {
    return await work(createSqlExecutor(createSqliteDriver({ target: database, path: file })));
  } finally {
    await database.close();
  }
}
