import { describe, expect, it } from 'vitest';
import { failureOf, newDatabase } from './helpers.ts';

const count = 'SELECT count(*) FROM entries';

describe('snapshot', () => {
  it('sees one state throughout, while others write', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY); INSERT INTO entries VALUES (1)');
    const seen = await database.snapshot(async (snapshot) => {
      const before = (await snapshot.all(count)).rows;
      await database.run('INSERT INTO entries VALUES (2)');
      return [before, (await snapshot.all(count)).rows];
    });
    expect(seen).toEqual([[[1]], [[1]]]);
    expect((await database.all(count)).rows).toEqual([[2]]);
  });

  it('refuses to write, and everything after its end', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY)');
    const failure = await failureOf(database.snapshot((snapshot) => snapshot.all('INSERT INTO entries VALUES (1)')));
    expect(failure.code).toBe('SQLITE_READONLY');
    const kept = await database.snapshot(async (snapshot) => snapshot);
    expect((await failureOf(kept.all(count))).code).toBe('TRANSACTION_ENDED');
    expect((await database.all(count)).rows).toEqual([[0]]);
  });

  it('gives its connection back, also after a failure', async () => {
    const database = newDatabase();
    for (let i = 0; i < 3; i++) {
      await failureOf(database.snapshot(() => Promise.reject(new Error('broken off'))));
    }
    expect(database.stats().openStreams).toBe(0);
    await database.run('CREATE TABLE entries (id INTEGER PRIMARY KEY)');
    expect((await database.snapshot((snapshot) => snapshot.all(count))).rows).toEqual([[0]]);
  });

  it('has the one connection of an in-memory database, and leaves nothing there', async () => {
    const database = newDatabase({ path: ':memory:' });
    await database.exec('CREATE TABLE entries (id INTEGER PRIMARY KEY); INSERT INTO entries VALUES (1)');
    expect((await database.snapshot((snapshot) => snapshot.all(count))).rows).toEqual([[1]]);
    await database.run('INSERT INTO entries VALUES (2)');
    expect((await database.all(count)).rows).toEqual([[2]]);
  });
});
