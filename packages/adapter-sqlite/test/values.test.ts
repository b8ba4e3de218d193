import { toSqliteValue } from '@sheaf/adapter-sqlite';
import { describe, expect, it } from 'vitest';
import { failureOf, newDatabase } from './helpers.ts';

describe('values', () => {
  it.each([
    ['null', null, null, 'null'],
    ['a small integer', 42, 42, 'integer'],
    ['zero', 0, 0, 'integer'],
    ['a negative integer', -7, -7, 'integer'],
    ['the largest exact number', Number.MAX_SAFE_INTEGER, 9007199254740991, 'integer'],
    ['a small bigint', 5n, 5, 'integer'],
    ['a bigint beyond 2^53', 9007199254740993n, 9007199254740993n, 'integer'],
    ['the largest 64-bit integer', 2n ** 63n - 1n, 9223372036854775807n, 'integer'],
    ['the smallest 64-bit integer', -(2n ** 63n), -9223372036854775808n, 'integer'],
    ['a fraction', 1.5, 1.5, 'real'],
    ['infinity', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 'real'],
    ['text', 'naïve 漢字 🌾', 'naïve 漢字 🌾', 'text'],
    ['text with a NUL', 'a\0b', 'a\0b', 'text'],
    ['empty text', '', '', 'text'],
    ['true', true, 1, 'integer'],
    ['false', false, 0, 'integer'],
    ['a date', new Date(Date.UTC(2026, 10, 21, 3, 4, 5, 6)), '2026-11-21T03:04:05.006+00:00', 'text'],
    ['JSON', JSON.stringify({ a: [1, null] }), '{"a":[1,null]}', 'text'],
  ])('%s comes back as it was stored', async (_name, value, expected, type) => {
    const database = newDatabase();
    await database.exec('CREATE TABLE box (value)');
    await database.run('INSERT INTO box VALUES (?)', [toSqliteValue(value)]);
    const { rows } = await database.all('SELECT value, typeof(value) FROM box');
    expect(rows).toEqual([[expected, type]]);
  });

  it.each([
    ['bytes', [0, 1, 254, 255]],
    ['no bytes', []],
  ])('%s come back as a Uint8Array', async (_name, bytes) => {
    const database = newDatabase();
    const { rows } = await database.all('SELECT ?, typeof(?1)', [toSqliteValue(Uint8Array.from(bytes))]);
    const [value, type] = rows[0] ?? [];
    expect(value).toBeInstanceOf(Uint8Array);
    expect([...(value as Uint8Array)]).toEqual(bytes);
    expect(type).toBe('blob');
  });

  it('whole numbers behave as in SQL: they divide without a fraction and print without one', async () => {
    const { rows } = await newDatabase().all("SELECT ? / ?, 'n' || ?", [7, 2, 1]);
    expect(rows).toEqual([[3, 'n1']]);
  });

  it('integers come back as bigints when asked for', async () => {
    const { rows } = await newDatabase().all('SELECT 1, 1.0, 9007199254740993', [], { integers: 'bigint' });
    expect(rows).toEqual([[1n, 1, 9007199254740993n]]);
  });

  it.each([
    ['NaN', Number.NaN],
    ['an invalid date', new Date('nonsense')],
    ['undefined', undefined],
    ['an object', { a: 1 }],
    ['an array', [1]],
    ['a function', () => {}],
  ])('%s is refused', (_name, value) => {
    expect(() => toSqliteValue(value)).toThrow(expect.objectContaining({ code: 'INVALID_VALUE' }));
  });

  it.each([2n ** 63n, -(2n ** 63n) - 1n])('%s, which takes 65 bits, is out of range', (value) => {
    expect(() => toSqliteValue(value)).toThrow(expect.objectContaining({ code: 'VALUE_OUT_OF_RANGE' }));
  });

  it('a result names its columns and their declared types', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE "user" ("id" INTEGER PRIMARY KEY, "born" DATETIME, "price" DECIMAL(10, 2))');
    const { columns, declaredTypes, rows } = await database.all('SELECT id, born, price, count(*) AS n FROM "user"');
    expect(columns).toEqual(['id', 'born', 'price', 'n']);
    expect(declaredTypes).toEqual(['INTEGER', 'DATETIME', 'DECIMAL(10, 2)', null]);
    expect(rows).toEqual([[null, null, null, 0]]);
  });

  it('run counts the rows of the statement and tells the last rowid', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, n)');
    expect(await database.run('INSERT INTO item (n) VALUES (1), (2), (3)')).toEqual({ changes: 3, lastInsertRowid: 3 });
    expect((await database.run('UPDATE item SET n = 0 WHERE id > 1')).changes).toBe(2);
    expect((await database.run('DELETE FROM item RETURNING id')).changes).toBe(3);
    expect((await database.run('INSERT INTO item (id) VALUES (?)', [2n ** 60n])).lastInsertRowid).toBe(2n ** 60n);
  });

  it('what a connection remembers of its last write is asked in the transaction', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, n)');
    const transaction = await database.begin();
    await transaction.run('INSERT INTO item (id, n) VALUES (7, 0), (8, 0)');
    expect((await transaction.all('SELECT last_insert_rowid(), changes()')).rows).toEqual([[8, 2]]);
    await transaction.commit();
    // Outside it the question goes to a connection that never writes.
    expect((await database.all('SELECT last_insert_rowid(), changes()')).rows).toEqual([[0, 0]]);
  });

  it('a write that returns rows goes through all', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, n)');
    const { rows } = await database.all('INSERT INTO item (n) VALUES (5), (6) RETURNING id, n');
    expect(rows).toEqual([
      [1, 5],
      [2, 6],
    ]);
    expect(await database.all('INSERT INTO item (n) VALUES (7)')).toEqual({ columns: [], declaredTypes: [], rows: [] });
    expect((await database.all('SELECT count(*) FROM item')).rows).toEqual([[3]]);
  });

  it('arguments go to ? in their order and to ?n by their number', async () => {
    const database = newDatabase();
    expect((await database.all('SELECT ?, ?', ['a', 'b'])).rows).toEqual([['a', 'b']]);
    expect((await database.all('SELECT ?2, ?1, ?2', ['a', 'b'])).rows).toEqual([['b', 'a', 'b']]);
    expect((await database.all("SELECT '?9', ? /* ?8 */ -- ?7", ['a'])).rows).toEqual([['?9', 'a']]);
    await database.exec('CREATE TABLE box (a, b)');
    expect((await database.run('INSERT INTO box VALUES (?1, ?1)', [1])).changes).toBe(1);
    for await (const row of database.iterate('SELECT a, ?1 FROM box WHERE b = ?1', [1])) expect(row).toEqual([1, 1]);
  });

  it.each([
    ['Too few', 'SELECT ?, ?', [1]],
    ['Too many', 'SELECT ?', [1, 2]],
    ['Too few', 'SELECT ?1, ?2', [1]],
    ['Too many', 'SELECT ?1, ?1', [1, 2]],
  ])('%s arguments for %s are an error', async (message, sql, args) => {
    expect((await failureOf(newDatabase().all(sql, args))).message).toContain(message);
  });
});
