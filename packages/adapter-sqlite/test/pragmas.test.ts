import { createPrismaSqlite, type SqliteDatabase, type SqliteOptions } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { newDatabase, newDatabasePath } from './helpers.ts';

/** What a pragma is on every kind of connection: the writer, the shared reader, two streams at once. */
async function everywhere(database: SqliteDatabase, name: string): Promise<unknown[]> {
  // As a table it is read like any other, on a reader.
  const sql = `SELECT * FROM pragma_${name}`;
  const transaction = await database.begin();
  const writer = (await transaction.all(`PRAGMA ${name}`)).rows[0]?.[0];
  await transaction.rollback();
  const reader = (await database.all(sql)).rows[0]?.[0];
  const streams: unknown[] = [];
  for await (const [first] of database.iterate(sql)) {
    for await (const [second] of database.iterate(sql)) streams.push(first, second);
  }
  return [writer, reader, ...streams];
}

const four = (value: unknown): unknown[] => [value, value, value, value];

describe('a pragma is set on every connection, those that read included', () => {
  it.each<[string, Partial<SqliteOptions>, pragma: string, value: unknown]>([
    ['synchronous is NORMAL by default', {}, 'synchronous', 1],
    ['synchronous FULL', { synchronous: 'FULL' }, 'synchronous', 2],
    ['synchronous OFF', { synchronous: 'OFF' }, 'synchronous', 0],
    ['foreign keys are enforced by default', {}, 'foreign_keys', 1],
    ['foreign_keys of your own', { pragmas: { foreign_keys: 'OFF' } }, 'foreign_keys', 0],
    ['synchronous of your own, over the option', { synchronous: 'OFF', pragmas: { synchronous: 3 } }, 'synchronous', 3],
    ['cache_size', { pragmas: { cache_size: -500 } }, 'cache_size', -500],
    ['temp_store', { pragmas: { temp_store: 'MEMORY' } }, 'temp_store', 2],
    ['recursive_triggers', { pragmas: { recursive_triggers: 'ON' } }, 'recursive_triggers', 1],
    ['the journal is WAL by default', {}, 'journal_mode', 'wal'],
    ['page_size, which has to come before WAL', { pragmas: { page_size: 8192 } }, 'page_size', 8192],
    ['auto_vacuum, which has to come before WAL', { pragmas: { auto_vacuum: 'FULL' } }, 'auto_vacuum', 1],
    // The rest of busyTimeout is waited for without keeping the event loop.
    ['SQLite itself waits for a lock for a moment only', { busyTimeout: 5000 }, 'busy_timeout', 10],
  ])('%s', async (_name, options, pragma, value) => {
    expect(await everywhere(newDatabase(options), pragma)).toEqual(four(value));
  });

  it.each([
    ['the log is moved to the file from 32 MiB on', {}, 8192],
    ['wal_autocheckpoint of your own', { pragmas: { wal_autocheckpoint: 500 } }, 500],
  ])('%s', async (_name, options, pages) => {
    expect((await newDatabase(options).all('PRAGMA wal_autocheckpoint')).rows).toEqual([[pages]]);
  });

  it('but for the journal mode of your own, which concerns the writer alone', async () => {
    const database = newDatabase({ pragmas: { journal_mode: 'TRUNCATE' } });
    expect((await everywhere(database, 'journal_mode'))[0]).toBe('truncate');
  });

  it('only the writer can write', async () => {
    expect(await everywhere(newDatabase(), 'query_only')).toEqual([0, 1, 1, 1]);
    // What would let a reader write is not taken.
    expect(await everywhere(newDatabase({ pragmas: { query_only: 'OFF' } }), 'query_only')).toEqual([0, 1, 1, 1]);
  });

  it('on the connection of a database that is opened for reading', async () => {
    const path = newDatabasePath();
    newDatabase({ path });
    const database = newDatabase({ path, readonly: true, synchronous: 'OFF', pragmas: { cache_size: -500 } });
    expect(await everywhere(database, 'cache_size')).toEqual(four(-500));
    expect(await everywhere(database, 'synchronous')).toEqual(four(0));
    expect(await everywhere(database, 'journal_mode')).toEqual(four('wal'));
  });

  it('on the one connection of a database in memory', async () => {
    const database = newDatabase({ path: ':memory:', synchronous: 'OFF', pragmas: { cache_size: -500 } });
    for (const [name, value] of [
      ['cache_size', -500],
      ['synchronous', 0],
      ['foreign_keys', 1],
    ] as const) {
      expect((await database.all(`PRAGMA ${name}`)).rows).toEqual([[value]]);
    }
  });

  it('in the file, for other programs that open it', () => {
    const path = newDatabasePath();
    newDatabase({ path, pragmas: { page_size: 8192, user_version: 7, application_id: 42 } });
    const other = new Database(path);
    const pragma = (name: string): unknown => other.pragma(name, { simple: true });
    expect(['page_size', 'user_version', 'application_id', 'journal_mode'].map(pragma)).toEqual([8192, 7, 42, 'wal']);
    other.close();
  });

  it("for Prisma's client, given options", async () => {
    const adapter = await createPrismaSqlite({
      path: newDatabasePath(),
      synchronous: 'FULL',
      pragmas: { cache_size: -500 },
    }).connect();
    for (const [name, value] of [
      ['cache_size', -500],
      ['synchronous', 2],
    ] as const) {
      for (const sql of [`PRAGMA ${name}`, `SELECT * FROM pragma_${name}`]) {
        expect((await adapter.queryRaw({ sql, args: [], argTypes: [] })).rows).toEqual([[value]]);
      }
    }
    await adapter.dispose();
  });
});

describe('a pragma that is set later', () => {
  it('is read on the connection on which it was set: the writer', async () => {
    const database = newDatabase();
    await database.run('PRAGMA cache_size = -1234');
    expect((await database.all('PRAGMA cache_size')).rows).toEqual([[-1234]]);
  });
});
