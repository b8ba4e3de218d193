import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failureOf, newDatabase, newDatabasePath } from './helpers.ts';

const NUMBERS = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n';

describe('iterate', () => {
  it('yields every row in order, with its columns', async () => {
    const database = newDatabase();
    const stream = database.iterate('SELECT value AS v, value * 2 AS twice FROM json_each(?)', ['[1,2,3]']);
    expect(stream.columns).toEqual([]);
    const rows: unknown[][] = [];
    for await (const row of stream) {
      expect(stream.columns).toEqual(['v', 'twice']);
      rows.push(row);
    }
    expect(rows).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
  });

  it('holds one row at a time, where all holds everything', async () => {
    const database = newDatabase();
    // 256 MB of rows, each of them live only while it is looked at.
    const sql = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4096)
                 SELECT i, randomblob(65536) FROM n`;
    let count = 0;
    let bytes = 0;
    let peak = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const [, blob] of database.iterate(sql)) {
      count++;
      bytes += (blob as Uint8Array).byteLength;
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    expect(count).toBe(4096);
    expect(bytes).toBe(4096 * 65536);
    expect(peak).toBeLessThan(bytes / 2);
  });

  it('reads nothing ahead', async () => {
    const database = newDatabase();
    const start = performance.now();
    const seen: unknown[] = [];
    // To the end this statement would take minutes.
    for await (const [i] of database.iterate(NUMBERS, [1_000_000_000])) {
      seen.push(i);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('lets statements, transactions and other streams run inside the loop', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    await database.run('INSERT INTO item SELECT value FROM json_each(?)', ['[1,2,3]']);
    const pairs: unknown[] = [];
    for await (const [outer] of database.iterate('SELECT id FROM item')) {
      const transaction = await database.begin();
      await transaction.run('INSERT INTO item VALUES (?)', [(outer as number) + 100]);
      await transaction.commit();
      for await (const [inner] of database.iterate('SELECT max(id) FROM item')) pairs.push([outer, inner]);
    }
    // The outer stream keeps to its snapshot: the rows added meanwhile are not in it.
    expect(pairs).toEqual([
      [1, 101],
      [2, 102],
      [3, 103],
    ]);
  });

  it('gives its connection back at its end, at a break and at an error', async () => {
    const database = newDatabase({ readers: 2 });
    for await (const _ of database.iterate(NUMBERS, [10])) expect(database.stats().openStreams).toBe(1);
    expect(database.stats().openStreams).toBe(0);
    for await (const _ of database.iterate(NUMBERS, [10])) break;
    expect(database.stats().openStreams).toBe(0);
    const failing = async (): Promise<void> => {
      for await (const _ of database.iterate('SELECT * FROM nowhere')) break;
    };
    expect((await failureOf(failing())).message).toContain('no such table');
    expect(database.stats().openStreams).toBe(0);
  });

  it('does not keep the event loop from other work', async () => {
    const database = newDatabase();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    for await (const _ of database.iterate(NUMBERS, [300_000]));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
  });

  it('refuses a statement that writes and leaves the data alone', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY)');
    const writing = async (): Promise<void> => {
      for await (const _ of database.iterate('INSERT INTO item DEFAULT VALUES RETURNING id'));
    };
    expect((await failureOf(writing())).code).toBe('NOT_A_READ');
    expect((await database.all('SELECT * FROM item')).rows).toEqual([]);
  });

  it('stops with an error when the database is closed meanwhile', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path });
    const seen: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const [i] of database.iterate(NUMBERS, [10])) {
        seen.push(i);
        await database.close();
      }
    };
    expect((await failureOf(reading())).code).toBe('DATABASE_CLOSED');
    expect(seen).toEqual([1]);
    // The last connection to close takes the WAL file with it, so the one of the stream has been closed too.
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('works in memory, where writing inside the loop does not wait for the loop', async () => {
    const database = newDatabase({ path: ':memory:' });
    await database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY); INSERT INTO item VALUES (1), (2)');
    const stream = database.iterate('SELECT id FROM item');
    const seen: unknown[] = [];
    for await (const [id] of stream) {
      seen.push(id);
      await database.run('INSERT INTO item VALUES (?)', [(id as number) + 10]);
    }
    expect(stream.columns).toEqual(['id']);
    expect(seen).toEqual([1, 2]);
  });

  it.each([
    { readers: 1, closed: 3 },
    { readers: 2, closed: 2 },
    { readers: 4, closed: 0 },
  ])('keeps as many connections for the next stream as $readers readers leave', async ({ readers, closed }) => {
    const database = newDatabase({ readers });
    const close = vi.spyOn(Database.prototype, 'close');
    onTestFinished(() => close.mockRestore());
    const streams = Array.from({ length: 3 }, () => database.iterate('SELECT 1')[Symbol.asyncIterator]());
    for (const stream of streams) await stream.next();
    expect(database.stats().openStreams).toBe(3);
    for (const stream of streams) await stream.next();
    expect(database.stats().openStreams).toBe(0);
    expect(close).toHaveBeenCalledTimes(closed);
  });
});
