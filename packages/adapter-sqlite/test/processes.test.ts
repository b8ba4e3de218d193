import { existsSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf, newDatabase, newDatabasePath, startFixture } from './helpers.ts';
import { runReadThenWrite } from './run-read-then-write.ts';

describe('several processes on one file', () => {
  // scripts/read-then-write.ts does the same for 30 s.
  it('read and then write in transactions, four of them, without an error and without losing one', async () => {
    const path = newDatabasePath();
    const result = await runReadThenWrite({
      adapter: 'ours',
      path,
      processes: 4,
      work: { attempts: 100, patience: 20_000 },
    });
    expect(result).toMatchObject({
      errors: {},
      failed: 0,
      lostUpdates: 0,
      committed: 400,
      committedByProcess: [100, 100, 100, 100],
    });
  });

  it('fail when they do the same on the published adapter', async () => {
    const path = newDatabasePath();
    const result = await runReadThenWrite({
      adapter: 'published',
      path,
      processes: 4,
      work: { attempts: 25, pause: 5 },
    });
    expect(result.committed + result.failed).toBe(100);
    expect(result.errors.P1008).toBeGreaterThan(0);
  });

  it('can create it at the same moment', async () => {
    const path = newDatabasePath();
    const processes = [1, 2, 3].map(() => startFixture('create', path));
    expect(await Promise.all(processes.map(({ exit }) => exit))).toEqual([0, 0, 0]);
    expect((await newDatabase({ path }).all('SELECT count(*) FROM item')).rows).toEqual([[3]]);
  });

  it('can be opened while another process has the whole file locked for a moment', async () => {
    const path = newDatabasePath();
    const holder = startFixture('lock-file', path, '300');
    expect(await holder.nextLine()).toBe('locked');
    const database = newDatabase({ path });
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['kept']]);
    expect((await database.all('PRAGMA journal_mode')).rows).toEqual([['wal']]);
    expect(await holder.exit).toBe(0);
  });

  it('one killed in the middle of a transaction leaves the committed data, whole, and no lock', async () => {
    const path = newDatabasePath();
    const process = startFixture('unfinished-transaction', path);
    expect(await process.nextLine()).toBe('writing');
    // The uncommitted pages are in the file, so there is something to get wrong.
    expect(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size).toBeGreaterThan(1_000_000);
    process.child.kill('SIGKILL');
    expect(await process.exit).toBeNull();

    const database = newDatabase({ path });
    expect((await database.all('PRAGMA integrity_check')).rows).toEqual([['ok']]);
    expect((await database.all('SELECT body FROM item')).rows).toEqual([['committed']]);
    await database.run("INSERT INTO item (body) VALUES ('after')");
    expect((await database.all('SELECT body FROM item')).rows).toEqual([['committed'], ['after']]);
  });

  it('a write fails with a coded error once another process has held the lock for busyTimeout', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path, busyTimeout: 200 });
    await database.exec('CREATE TABLE item (name TEXT)');
    const holder = startFixture('hold-lock', path);
    expect(await holder.nextLine()).toBe('locked');

    for (const use of [
      () => database.run("INSERT INTO item VALUES ('a')"),
      () => database.begin(),
      () => database.exec("INSERT INTO item VALUES ('a')"),
      () => database.withoutForeignKeys(async () => {}),
    ]) {
      const start = performance.now();
      const error = await failureOf(use());
      expect(error).toMatchObject({ code: 'SQLITE_BUSY', cause: { code: 'SQLITE_BUSY' } });
      expect(error.message).toContain('200 ms');
      expect(performance.now() - start).toBeGreaterThan(190);
    }
    // Readers do not care.
    expect((await database.all('SELECT count(*) FROM item')).rows).toEqual([[0]]);

    holder.child.stdin?.write('release\n');
    expect(await holder.exit).toBe(0);
    await database.run("INSERT INTO item VALUES ('b')");
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['b']]);
  });

  it('a write waits for the lock of another process without keeping the event loop', async () => {
    const path = newDatabasePath();
    const database = newDatabase({ path, busyTimeout: 5000 });
    await database.exec('CREATE TABLE item (name TEXT)');
    const holder = startFixture('hold-lock', path);
    expect(await holder.nextLine()).toBe('locked');
    let isWaiting = true;
    const write = database.run("INSERT INTO item VALUES ('patient')").finally(() => {
      isWaiting = false;
    });
    for (let tick = 0; tick < 10; tick++) await new Promise((resolve) => setTimeout(resolve, 5));
    // Had it kept the loop, it would have given up before the first tick.
    expect(isWaiting).toBe(true);
    holder.child.stdin?.write('release\n');
    expect((await write).changes).toBe(1);
  });
});
