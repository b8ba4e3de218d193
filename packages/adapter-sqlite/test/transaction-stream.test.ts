import { describe, expect, it } from 'vitest';
import type { SqliteDatabase, SqliteTransaction } from '../src/index.ts';
import { failureOf, newDatabase } from './helpers.ts';

async function withEntries(path?: string): Promise<SqliteDatabase> {
  const database = newDatabase(path === undefined ? {} : { path });
  await database.exec(`
    CREATE TABLE entries (id INTEGER PRIMARY KEY, note TEXT, at DATETIME);
    INSERT INTO entries WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 500)
      SELECT i, 'note ' || i, '2026-01-01' FROM n`);
  return database;
}

async function all(rows: AsyncIterable<unknown[]>): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const inTransaction = async <T>(
  database: SqliteDatabase,
  options: { readonly isReadonly: boolean },
  work: (transaction: SqliteTransaction) => Promise<T>,
): Promise<T> => {
  const transaction = await database.begin(options);
  try {
    return await work(transaction);
  } finally {
    if (transaction.isOpen) await transaction.rollback();
  }
};

describe.each([
  ['that writes, in a file', undefined, false],
  ['that reads, in a file', undefined, true],
  ['that writes, in memory', ':memory:', false],
  ['that reads, in memory', ':memory:', true],
] as const)('rows streamed in a transaction %s', (_title, path, isReadonly) => {
  it('are those of all, with the columns of the table', async () => {
    const database = await withEntries(path);
    await inTransaction(database, { isReadonly }, async (transaction) => {
      const sql = 'SELECT note, at, id, 9223372036854775807 AS big FROM entries WHERE id > ? ORDER BY id DESC';
      const stream = transaction.iterate(sql, [3]);
      const expected = await transaction.all(sql, [3]);
      expect(await all(stream)).toEqual(expected.rows);
      expect(expected.rows).toHaveLength(497);
      expect([stream.columns, stream.declaredTypes]).toEqual([expected.columns, expected.declaredTypes]);
    });
  });

  it('leave room for other statements between them', async () => {
    const database = await withEntries(path);
    await inTransaction(database, { isReadonly }, async (transaction) => {
      const seen: unknown[] = [];
      for await (const [id] of transaction.iterate('SELECT id FROM entries ORDER BY id')) {
        const other = await transaction.all('SELECT count(*) FROM entries WHERE id <= ?', [id as number]);
        seen.push(other.rows[0]?.[0]);
      }
      expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
    });
  });

  it('end with the transaction, and leave the database usable', async () => {
    const database = await withEntries(path);
    const transaction = await database.begin({ isReadonly });
    const rows = transaction.iterate('SELECT id FROM entries')[Symbol.asyncIterator]();
    expect((await rows.next()).value).toEqual([1]);
    await transaction.rollback();
    expect((await failureOf(Promise.resolve(rows.next()))).code).toBe('TRANSACTION_ENDED');
    await database.run('DELETE FROM entries');
    expect(await inTransaction(database, { isReadonly }, (next) => next.all('SELECT id FROM entries'))).toMatchObject({
      rows: [],
    });
    expect(database.stats().openStreams).toBe(0);
  });

  it('refuse a statement that writes', async () => {
    const database = await withEntries(path);
    await inTransaction(database, { isReadonly }, async (transaction) => {
      const rows = transaction.iterate('DELETE FROM entries RETURNING id');
      expect((await failureOf(all(rows))).code).toBe('NOT_A_READ');
    });
  });
});

describe('rows streamed in a transaction that writes', () => {
  it('show what it wrote before, and nothing of what it writes meanwhile', async () => {
    const database = await withEntries();
    await inTransaction(database, { isReadonly: false }, async (transaction) => {
      await transaction.run('DELETE FROM entries WHERE id > 300');
      let count = 0;
      for await (const [id] of transaction.iterate('SELECT id FROM entries')) {
        count += 1;
        await transaction.run('INSERT INTO entries (id) VALUES (?)', [(id as number) + 1000]);
      }
      expect(count).toBe(300);
      expect((await transaction.all('SELECT count(*) FROM entries')).rows).toEqual([[600]]);
    });
  });

  it('leave no temporary table, also when the loop is left', async () => {
    const database = await withEntries();
    await inTransaction(database, { isReadonly: false }, async (transaction) => {
      for await (const _row of transaction.iterate('SELECT id FROM entries')) break;
      await all(transaction.iterate('VALUES (1), (2)'));
      expect((await transaction.all('SELECT name FROM temp.sqlite_schema')).rows).toEqual([]);
    });
  });
});

describe('a transaction for reading only', () => {
  it('waits for no writer, and sees one state', async () => {
    const database = await withEntries();
    const writer = await database.begin();
    await writer.run('DELETE FROM entries');
    const reader = await database.begin({ isReadonly: true });
    await writer.commit();
    expect((await reader.all('SELECT count(*) FROM entries')).rows).toEqual([[500]]);
    await reader.commit();
    expect(database.stats().openStreams).toBe(0);
  });

  it.each([[undefined], [':memory:']])('refuses to write, and lets others write afterwards (%s)', async (path) => {
    const database = await withEntries(path);
    const failure = await inTransaction(database, { isReadonly: true }, (reader) =>
      failureOf(reader.run('DELETE FROM entries')),
    );
    expect(failure.code).toBe('SQLITE_READONLY');
    expect((await database.run('DELETE FROM entries')).changes).toBe(500);
  });
});

describe('a signal', () => {
  const reason = new Error('enough');

  it('ends the wait for the writer, and gives up the place in the queue', async () => {
    const database = await withEntries();
    const holder = await database.begin();
    const ending = new AbortController();
    const { signal } = ending;
    const waiting = [
      database.begin({ signal }),
      database.run('DELETE FROM entries', [], { signal }),
      database.all('DELETE FROM entries RETURNING id', [], { signal }),
    ];
    await expect.poll(() => database.stats().waitingWriters).toBe(3);
    ending.abort(reason);
    for (const one of waiting) await expect(one).rejects.toBe(reason);
    expect(database.stats().waitingWriters).toBe(0);
    await holder.rollback();
    expect((await database.all('SELECT count(*) FROM entries')).rows).toEqual([[500]]);
  });

  it('ends the wait for another process’s lock', async () => {
    const database = await withEntries();
    const other = newDatabase({ path: database.path });
    const holder = await other.begin();
    const ending = new AbortController();
    const waiting = database.run('DELETE FROM entries', [], { signal: ending.signal });
    setTimeout(() => ending.abort(reason), 20);
    await expect(waiting).rejects.toBe(reason);
    await holder.rollback();
  });

  it('that is aborted beforehand lets nothing run', async () => {
    const database = await withEntries();
    const signal = AbortSignal.abort(reason);
    await expect(database.run('DELETE FROM entries', [], { signal })).rejects.toBe(reason);
    await expect(database.all('SELECT 1', [], { signal })).rejects.toBe(reason);
    await expect(database.begin({ signal })).rejects.toBe(reason);
    expect((await database.all('SELECT count(*) FROM entries')).rows).toEqual([[500]]);
  });
});
