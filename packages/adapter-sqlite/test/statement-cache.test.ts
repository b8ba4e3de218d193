import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failureOf, newDatabase, newDatabasePath } from './helpers.ts';
import { connectPublished } from './published-adapter.ts';

/** Tells how often a text has been prepared since, on any connection. */
function watchPrepare(): (sql: string) => number {
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  onTestFinished(() => prepare.mockRestore());
  return (sql) => prepare.mock.calls.filter(([prepared]) => prepared === sql).length;
}

describe('prepared statements', () => {
  it('are prepared once by each connection that runs them', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)');
    const timesPrepared = watchPrepare();
    const insert = 'INSERT INTO item (name) VALUES (?)';
    const select = 'SELECT name FROM item WHERE id = ?';
    for (let i = 1; i <= 20; i++) {
      await database.run(insert, [`${i}`]);
      expect((await database.all(select, [i])).rows).toEqual([[`${i}`]]);
    }
    expect([timesPrepared(insert), timesPrepared(select)]).toEqual([1, 1]);
    // A transaction reads on the writer, which has not seen this statement yet.
    for (let i = 1; i <= 20; i++) {
      const transaction = await database.begin();
      await transaction.run(insert, ['again']);
      expect((await transaction.all(select, [i])).rows).toEqual([[`${i}`]]);
      await transaction.commit();
    }
    expect([timesPrepared(insert), timesPrepared(select)]).toEqual([1, 2]);
  });

  it("are kept for Prisma's client too, and prepared each time by the published adapter", async () => {
    const [path, sql] = [newDatabasePath(), 'SELECT name FROM item WHERE id = ?'];
    const ours = await createPrismaSqlite({ path }).connect();
    onTestFinished(() => ours.dispose());
    const published = await connectPublished(path);
    await ours.executeScript("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO item VALUES (1, 'a')");
    for (const [adapter, times] of [
      [ours, 1],
      [published, 5],
    ] as const) {
      const timesPrepared = watchPrepare();
      for (let i = 0; i < 5; i++) {
        const { rows } = await adapter.queryRaw({ sql, args: [1], argTypes: [{ scalarType: 'int', arity: 'scalar' }] });
        expect(rows).toEqual([['a']]);
      }
      expect(timesPrepared(sql)).toBe(times);
      vi.restoreAllMocks();
    }
  });

  it('that were used last stay when others leave', async () => {
    const database = newDatabase({ statementCacheSize: 3 });
    const timesPrepared = watchPrepare();
    for (const name of ['a', 'b', 'c', 'a', 'd', 'a', 'c', 'b']) await database.all(`SELECT '${name}'`);
    // d took the place of b, which took that of d: a and c had been used since.
    expect(['a', 'b', 'c', 'd'].map((name) => timesPrepared(`SELECT '${name}'`))).toEqual([1, 2, 1, 1]);
  });

  it('are kept up to the limit, those used last', async () => {
    const database = newDatabase({ statementCacheSize: 5 });
    for (let i = 0; i < 40; i++) {
      await database.all(`SELECT ${i}`);
      await database.run(`DELETE FROM sqlite_sequence WHERE ${i}`).catch(() => {});
      const transaction = await database.begin();
      await transaction.all(`SELECT ${i} AS i`);
      await transaction.commit();
    }
    expect(database.stats()).toMatchObject({ writerStatements: 5, readerStatements: 5 });
  });

  it('are not kept when their text is very long or the limit is 0', async () => {
    const long = newDatabase();
    await long.all(`SELECT '${'x'.repeat(30_000)}'`);
    expect(long.stats().readerStatements).toBe(0);
    const none = newDatabase({ statementCacheSize: 0 });
    expect((await none.all('SELECT 1')).rows).toEqual([[1]]);
    expect(none.stats().readerStatements).toBe(0);
  });

  it('follow a change of the schema, by this process or another', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path });
    await database.exec("CREATE TABLE item (id INTEGER, name TEXT); INSERT INTO item VALUES (1, 'a')");
    const columns = async (): Promise<string[][]> => {
      const transaction = await database.begin();
      const inside = await transaction.all('SELECT * FROM item');
      await transaction.rollback();
      const outside = await database.all('SELECT * FROM item');
      expect(inside).toEqual(outside);
      return outside.columns.map((name, index) => [name, outside.declaredTypes[index] as string]);
    };
    for (let i = 0; i < 3; i++)
      expect(await columns()).toEqual([
        ['id', 'INTEGER'],
        ['name', 'TEXT'],
      ]);
    await database.exec('ALTER TABLE item ADD COLUMN born DATETIME');
    for (let i = 0; i < 3; i++) {
      expect(await columns()).toEqual([
        ['id', 'INTEGER'],
        ['name', 'TEXT'],
        ['born', 'DATETIME'],
      ]);
    }
    const other = new Database(path);
    other.exec('ALTER TABLE item RENAME COLUMN name TO title');
    other.close();
    for (let i = 0; i < 3; i++) {
      expect(await columns()).toEqual([
        ['id', 'INTEGER'],
        ['title', 'TEXT'],
        ['born', 'DATETIME'],
      ]);
    }
  });

  it('follow a change of the schema that was rolled back', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER)');
    for (const name of ['first', 'second', 'third']) {
      const transaction = await database.begin();
      await transaction.run(`ALTER TABLE item ADD COLUMN ${name}`);
      for (let i = 0; i < 3; i++) {
        expect((await transaction.all('SELECT * FROM item')).columns).toEqual(['id', name]);
      }
      await transaction.rollback();
    }
    expect((await database.all('SELECT * FROM item')).columns).toEqual(['id']);
  });

  it('follow a change of the schema that was rolled back to a savepoint', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER)');
    const transaction = await database.begin();
    await transaction.run('SAVEPOINT s');
    for (const name of ['first', 'second', 'third']) {
      await transaction.run(`ALTER TABLE item ADD COLUMN ${name}`);
      for (let i = 0; i < 3; i++) {
        expect((await transaction.all('SELECT * FROM item')).columns).toEqual(['id', name]);
      }
      await transaction.run('ROLLBACK TO s');
    }
    await transaction.rollback();
  });

  it('outlive every change that another program makes to their table', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path });
    const other = new Database(path);
    onTestFinished(() => void other.close());
    const insert = 'INSERT INTO item (id, name) VALUES (?, ?)';
    const select = 'SELECT id, name FROM item WHERE name >= ?';
    const update = 'UPDATE item SET name = upper(name) RETURNING id, name';
    other.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)');
    const timesPrepared = watchPrepare();
    const use = async (): Promise<void> => {
      await database.run('DELETE FROM item');
      await database.run(insert, [1, 'a']);
      expect((await database.all(select, ['a'])).rows).toEqual([[1, 'a']]);
      const transaction = await database.begin();
      expect((await transaction.all(select, ['a'])).rows).toEqual([[1, 'a']]);
      expect((await transaction.all(update)).rows).toEqual([[1, 'A']]);
      await transaction.commit();
      const streamed: unknown[] = [];
      for await (const row of database.iterate(select, ['A'])) streamed.push(row);
      expect(streamed).toEqual([[1, 'A']]);
    };
    await use();
    for (const change of [
      'CREATE INDEX by_name ON item (name)',
      'DROP INDEX by_name',
      'ALTER TABLE item ADD COLUMN extra TEXT',
      'ALTER TABLE item DROP COLUMN extra',
      "DROP TABLE item; CREATE TABLE item (name VARCHAR(9) DEFAULT 'x', id BIGINT, more BLOB)",
      'ALTER TABLE item RENAME TO old; CREATE VIEW item AS SELECT * FROM old; DROP VIEW item; ALTER TABLE old RENAME TO item',
      'VACUUM',
      'ANALYZE',
    ]) {
      other.exec(change);
      await use();
    }
    // Kept all the while: by the writer, and the one that reads by the reader and in each stream too.
    expect([timesPrepared(insert), timesPrepared(update)]).toEqual([1, 1]);
  });

  it('fail while their table is missing and work when it is back', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path });
    const other = new Database(path);
    onTestFinished(() => void other.close());
    const create = 'CREATE TABLE item (name TEXT)';
    other.exec(create);
    for (let i = 0; i < 3; i++) {
      await database.run("INSERT INTO item VALUES ('a')");
      expect((await database.all('SELECT name FROM item')).rows).toEqual([['a']]);
      other.exec('DROP TABLE item');
      expect((await failureOf(database.all('SELECT name FROM item'))).message).toContain('no such table: item');
      expect((await failureOf(database.run("INSERT INTO item VALUES ('a')"))).message).toContain('no such table: item');
      other.exec(create);
    }
  });
});
