import type { SqlDriverAdapter, SqlQuery, Transaction } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newDatabase, newDatabasePath } from './helpers.ts';
import { connectPublished } from './published-adapter.ts';

/** Both adapters are driven as Prisma's client drives them; the published one must show the fault, ours must not. */
const adapters = [
  { name: 'this adapter', isSafe: true, connect: connectOurs },
  { name: 'the published adapter', isSafe: false, connect: connectPublished },
];

async function connectOurs(path: string): Promise<SqlDriverAdapter> {
  const adapter = await createPrismaSqlite({ path, busyTimeout: 1000 }).connect();
  onTestFinished(() => adapter.dispose());
  return adapter;
}

const query = (sql: string): SqlQuery => ({ sql, args: [], argTypes: [] });

/** Ends a transaction the way Prisma's client does: a statement first, unless the adapter wants only to be told. */
async function end(transaction: Transaction, how: 'commit' | 'rollback'): Promise<void> {
  if (!transaction.options.usePhantomQuery) await transaction.executeRaw(query(how.toUpperCase()));
  await transaction[how]();
}

describe.each(adapters)('with $name', ({ connect, isSafe }) => {
  it(`a read outside a transaction ${isSafe ? 'never sees' : 'sees'} what it has not committed`, async () => {
    const adapter = await connect(newDatabasePath());
    await adapter.executeScript('CREATE TABLE item (name TEXT)');
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(query("INSERT INTO item VALUES ('uncommitted')"));
    const { rows } = await adapter.queryRaw(query('SELECT name FROM item'));
    await end(transaction, 'rollback');
    expect(rows).toEqual(isSafe ? [] : [['uncommitted']]);
  });

  it(`an acknowledged write outside a transaction is ${isSafe ? 'kept' : 'lost'} by its rollback`, async () => {
    const path = newDatabasePath();
    const adapter = await connect(path);
    await adapter.executeScript('CREATE TABLE item (name TEXT)');
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(query("INSERT INTO item VALUES ('in the transaction')"));
    const write = adapter.executeRaw(query("INSERT INTO item VALUES ('acknowledged')"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await end(transaction, 'rollback');
    expect(await write).toBe(1);
    const { rows } = await adapter.queryRaw(query('SELECT name FROM item'));
    expect(rows).toEqual(isSafe ? [['acknowledged']] : []);
  });

  it(`reading before writing in a transaction ${isSafe ? 'works' : 'fails'} beside another connection`, async () => {
    const path = newDatabasePath();
    const [first, second] = [await connect(path), await connect(path)];
    await first.executeScript('CREATE TABLE counter (value INTEGER); INSERT INTO counter VALUES (0)');
    // So that journal modes do not decide.
    await first.executeRaw(query('PRAGMA journal_mode = WAL')).catch(() => {});
    const increment = async (adapter: SqlDriverAdapter): Promise<void> => {
      const transaction = await adapter.startTransaction();
      try {
        const { rows } = await transaction.queryRaw(query('SELECT value FROM counter'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        await transaction.executeRaw(query(`UPDATE counter SET value = ${Number(rows[0]?.[0]) + 1}`));
        await end(transaction, 'commit');
      } catch (error) {
        await end(transaction, 'rollback');
        throw error;
      }
    };
    const outcomes = await Promise.allSettled([increment(first), increment(second)]);
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    const { rows } = await first.queryRaw(query('SELECT value FROM counter'));
    expect({ failed, value: Number(rows[0]?.[0]) }).toEqual(isSafe ? { failed: 0, value: 2 } : { failed: 1, value: 1 });
  });
});

describe('statements of one process', () => {
  it('that read do not wait for an open transaction', async () => {
    const database = newDatabase();
    await database.exec("CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('before')");
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item VALUES ('during')");
    const reads = await Promise.all(Array.from({ length: 50 }, () => database.all('SELECT name FROM item')));
    expect(reads.every(({ rows }) => rows.length === 1 && rows[0]?.[0] === 'before')).toBe(true);
    const streamed: unknown[] = [];
    for await (const row of database.iterate('SELECT name FROM item')) streamed.push(row);
    expect(streamed).toEqual([['before']]);
    expect(transaction.isOpen).toBe(true);
    await transaction.commit();
    expect((await database.all('SELECT count(*) FROM item')).rows).toEqual([[2]]);
  });

  it('that write take their turn in the order in which they were called', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE log (id INTEGER PRIMARY KEY, who TEXT)');
    const write = (who: string): Promise<unknown> => database.run('INSERT INTO log (who) VALUES (?)', [who]);
    const transact = async (who: string): Promise<void> => {
      const transaction = await database.begin();
      await transaction.run('INSERT INTO log (who) VALUES (?)', [who]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await transaction.commit();
    };
    await Promise.all([
      transact('1'),
      write('2'),
      transact('3'),
      database.exec("INSERT INTO log (who) VALUES ('4')"),
      database.withoutForeignKeys((transaction) => transaction.run("INSERT INTO log (who) VALUES ('5')")),
      write('6'),
      transact('7'),
    ]);
    const { rows } = await database.all('SELECT who FROM log ORDER BY id');
    expect(rows.flat()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('a statement awaited inside a transaction that it does not belong to fails instead of hanging', async () => {
    const database = newDatabase({ busyTimeout: 50 });
    await database.exec('CREATE TABLE item (name TEXT)');
    const transaction = await database.begin();
    await expect(database.run("INSERT INTO item VALUES ('outside')")).rejects.toMatchObject({
      code: 'SQLITE_BUSY',
      message: expect.stringContaining('must go through that transaction'),
    });
    expect(database.stats().waitingWriters).toBe(0);
    await transaction.commit();
    await database.run("INSERT INTO item VALUES ('later')");
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['later']]);
  });

  it('a queue that moves never times out, however long it is', async () => {
    const database = newDatabase({ busyTimeout: 60 });
    await database.exec('CREATE TABLE log (who INTEGER)');
    const transact = async (who: number): Promise<void> => {
      const transaction = await database.begin();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await transaction.run('INSERT INTO log VALUES (?)', [who]);
      await transaction.commit();
    };
    // Together more than three times the timeout.
    await Promise.all(Array.from({ length: 20 }, (_, index) => transact(index)));
    expect((await database.all('SELECT count(*) FROM log')).rows).toEqual([[20]]);
  });
});
