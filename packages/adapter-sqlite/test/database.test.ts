import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openSqlite, type SqliteOptions } from '@sheaf/adapter-sqlite';
import { describe, expect, it } from 'vitest';
import { failureOf, newDatabase, newDatabasePath } from './helpers.ts';

describe('openSqlite', () => {
  it('takes a path, a relative path, a file: path as Prisma writes it, and a file URL', () => {
    const path = newDatabasePath();
    const spaced = join(dirname(path), 'a b.db');
    for (const [given, expected] of [
      [path, path],
      [relative('.', path), path],
      [`file:${path}`, path],
      [`file:${relative('.', path)}?connection_limit=1`, path],
      [`file:${spaced}`, spaced],
      [pathToFileURL(spaced).href, spaced],
    ] as const) {
      const database = newDatabase({ path: given });
      expect(database).toMatchObject({ path: expected, isMemory: false });
      expect(existsSync(expected)).toBe(true);
    }
  });

  it.each([':memory:', 'file::memory:', 'file::memory:?cache=shared', 'file:x?mode=memory'])(
    '%s is a database of its own in memory',
    async (path) => {
      const [first, second] = [newDatabase({ path }), newDatabase({ path })];
      expect(first).toMatchObject({ path: ':memory:', isMemory: true });
      await first.exec('CREATE TABLE only_here (x)');
      expect((await first.all('SELECT name FROM sqlite_master')).rows).toEqual([['only_here']]);
      expect((await second.all('SELECT name FROM sqlite_master')).rows).toEqual([]);
    },
  );

  it('in memory keeps statements out of transactions that they do not belong to', async () => {
    const database = newDatabase({ path: ':memory:' });
    await database.exec('CREATE TABLE item (name TEXT)');
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item VALUES ('uncommitted')");
    const read = database.all('SELECT name FROM item');
    await transaction.rollback();
    expect((await read).rows).toEqual([]);
  });

  it('syncs what is committed, in every kind of database, until it is closed', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (name TEXT)');
    await database.sync();
    await database.close();
    expect((await failureOf(database.sync())).code).toBe('DATABASE_CLOSED');
    await newDatabase({ path: ':memory:' }).sync();
    await newDatabase({ pragmas: { journal_mode: 'DELETE' } }).sync();
    await newDatabase({ path: database.path, readonly: true }).sync();
  });

  it('is copied as it is now, once, whatever is written meanwhile', async () => {
    const database = newDatabase();
    await database.exec(`CREATE TABLE item (text TEXT);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO item SELECT hex(randomblob(2000)) FROM n`);
    const file = `${database.path}.copy`;
    const told: number[] = [];
    const writes: Promise<unknown>[] = [];
    await database.copyTo({
      file,
      onPages(done) {
        told.push(done);
        if (told.length > 50) throw new Error('It begins again and again.');
        writes.push(database.run("INSERT INTO item VALUES ('later')"));
      },
    });
    await Promise.all(writes);
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(existsSync(`${file}-wal`)).toBe(false);
    const copy = newDatabase({ path: file });
    expect((await copy.all('SELECT count(*) FROM item')).rows).toEqual([[3000]]);
    expect((await copy.all('PRAGMA integrity_check')).rows).toEqual([['ok']]);
    const gaveUp = database.copyTo({
      file: `${file}.other`,
      onPages() {
        throw new Error('no more');
      },
    });
    await expect(gaveUp).rejects.toThrow('no more');
    await database.run("INSERT INTO item VALUES ('after that')");
  });

  it('opens an existing file for reading only', async () => {
    const path = newDatabasePath();
    expect(() => openSqlite({ path, readonly: true })).toThrow(expect.objectContaining({ code: 'SQLITE_CANTOPEN' }));
    const writable = newDatabase({ path });
    await writable.exec("CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('a')");
    const database = newDatabase({ path, readonly: true });
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['a']]);
    expect((await failureOf(database.run("INSERT INTO item VALUES ('b')"))).code).toBe('SQLITE_READONLY');
    expect((await failureOf(database.exec("INSERT INTO item VALUES ('b')"))).code).toBe('SQLITE_READONLY');
    // A transaction is a snapshot and keeps no writer out.
    const transaction = await database.begin();
    expect((await transaction.all('SELECT count(*) FROM item')).rows).toEqual([[1]]);
    await writable.run("INSERT INTO item VALUES ('c')");
    expect((await transaction.all('SELECT count(*) FROM item')).rows).toEqual([[1]]);
    await transaction.commit();
    expect((await database.all('SELECT count(*) FROM item')).rows).toEqual([[2]]);
  });

  it.each<[string, Partial<SqliteOptions>]>([
    ['an empty path', { path: '' }],
    ['a negative timeout', { busyTimeout: -1 }],
    ['a fraction of a reader', { readers: 1.5 }],
    ['no reader', { readers: 0 }],
    ['a pragma with more in it', { pragmas: { cache_size: '1; DROP TABLE item' } }],
    ['a second busy timeout', { pragmas: { busy_timeout: 1 } }],
    ['reading only in memory', { path: ':memory:', readonly: true }],
  ])('refuses %s', (_name, options) => {
    expect(() => openSqlite({ path: newDatabasePath(), ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('says what is wrong with a file that is no database, a directory and a missing directory', () => {
    const path = newDatabasePath();
    writeFileSync(path, 'This is no database. '.repeat(100));
    expect(() => openSqlite({ path })).toThrow(expect.objectContaining({ code: 'SQLITE_NOTADB' }));
    expect(readFileSync(path, 'utf8')).toBe('This is no database. '.repeat(100));
    const directory = join(dirname(path), 'directory');
    mkdirSync(directory);
    for (const unusable of [directory, join(dirname(path), 'missing', 'test.db')]) {
      expect(() => openSqlite({ path: unusable })).toThrow(
        expect.objectContaining({ code: 'SQLITE_CANTOPEN', message: expect.stringContaining(unusable) }),
      );
    }
  });
});

describe('close', () => {
  it('lets what was called before finish, refuses what comes after, and can be called twice', async () => {
    const path = newDatabasePath();
    const database = openSqlite({ path });
    await database.exec('CREATE TABLE item (name TEXT)');
    const transaction = await database.begin();
    const queued = database.run("INSERT INTO item VALUES ('queued')");
    const closed = database.close();
    for (const use of [
      () => database.run("INSERT INTO item VALUES ('late')"),
      () => database.all('SELECT 1'),
      () => database.exec('SELECT 1'),
      () => database.begin(),
      () => database.withoutForeignKeys(async () => {}),
    ]) {
      expect((await failureOf(use())).code).toBe('DATABASE_CLOSED');
    }
    await transaction.run("INSERT INTO item VALUES ('in the transaction')");
    await transaction.commit();
    expect((await queued).changes).toBe(1);
    await closed;
    await database.close();
    // The last connection to close takes the WAL file with it.
    expect(existsSync(`${path}-wal`)).toBe(false);
    const { rows } = await newDatabase({ path }).all('SELECT name FROM item');
    expect(rows).toEqual([['in the transaction'], ['queued']]);
  });

  it('rolls back a transaction that nobody ends', async () => {
    const path = newDatabasePath();
    const database = openSqlite({ path, busyTimeout: 50 });
    await database.exec('CREATE TABLE item (name TEXT)');
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item VALUES ('forgotten')");
    await database.close();
    expect((await failureOf(transaction.commit())).code).toBe('TRANSACTION_ENDED');
    expect((await newDatabase({ path }).all('SELECT name FROM item')).rows).toEqual([]);
  });
});
