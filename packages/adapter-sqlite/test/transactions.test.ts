import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failureOf, newDatabase, newDatabasePath } from './helpers.ts';

const ITEM = 'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE)';

describe('a transaction', () => {
  it('shows its changes to itself at once and to others after the commit', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item (name) VALUES ('a')");
    expect((await transaction.all('SELECT name FROM item')).rows).toEqual([['a']]);
    expect((await database.all('SELECT name FROM item')).rows).toEqual([]);
    await transaction.commit();
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['a']]);
  });

  it('leaves nothing behind when it is rolled back', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.exec("INSERT INTO item (name) VALUES ('a'); CREATE TABLE other (id)");
    await transaction.rollback();
    expect((await database.all('SELECT name FROM sqlite_master WHERE type = ?', ['table'])).rows).toEqual([['item']]);
    expect((await database.all('SELECT * FROM item')).rows).toEqual([]);
  });

  it('goes on after a statement that failed', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item (name) VALUES ('a')");
    expect((await failureOf(transaction.run("INSERT INTO item (name) VALUES ('a')"))).code).toBe(
      'SQLITE_CONSTRAINT_UNIQUE',
    );
    await transaction.run("INSERT INTO item (name) VALUES ('b')");
    await transaction.commit();
    expect((await database.all('SELECT name FROM item ORDER BY id')).rows).toEqual([['a'], ['b']]);
  });

  it.each(['commit', 'rollback'] as const)('refuses every use after %s', async (end) => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    expect(transaction.isOpen).toBe(true);
    await transaction[end]();
    expect(transaction.isOpen).toBe(false);
    for (const use of [
      () => transaction.run("INSERT INTO item (name) VALUES ('late')"),
      () => transaction.all('SELECT 1'),
      () => transaction.exec("INSERT INTO item (name) VALUES ('late')"),
      () => transaction.commit(),
    ]) {
      const error = await failureOf(use());
      expect(error.code).toBe('TRANSACTION_ENDED');
      expect(error.message).toContain(end === 'commit' ? 'it was committed' : 'it was rolled back');
    }
    expect((await database.all('SELECT * FROM item')).rows).toEqual([]);
  });

  it('cannot be rolled back after its commit, and may be rolled back twice', async () => {
    const database = newDatabase();
    const committed = await database.begin();
    await committed.commit();
    expect((await failureOf(committed.rollback())).code).toBe('TRANSACTION_ENDED');
    const rolledBack = await database.begin();
    await rolledBack.rollback();
    await rolledBack.rollback();
  });

  it('runs nothing by itself after SQLite has given it up', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item (name) VALUES ('a')");
    expect((await failureOf(transaction.run("INSERT OR ROLLBACK INTO item (name) VALUES ('a')"))).code).toBe(
      'SQLITE_CONSTRAINT_UNIQUE',
    );
    expect((await failureOf(transaction.run("INSERT INTO item (name) VALUES ('b')"))).code).toBe('TRANSACTION_ENDED');
    expect((await failureOf(transaction.commit())).code).toBe('TRANSACTION_ENDED');
    await transaction.rollback();
    await database.run("INSERT INTO item (name) VALUES ('c')");
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['c']]);
  });

  it('lets the next one begin after a script in it committed', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.exec("INSERT INTO item (name) VALUES ('a'); COMMIT");
    const next = await database.begin();
    expect((await next.all('SELECT name FROM item')).rows).toEqual([['a']]);
    // The one that ended must not reach into it.
    expect((await failureOf(transaction.run("INSERT INTO item (name) VALUES ('b')"))).code).toBe('TRANSACTION_ENDED');
    await transaction.rollback();
    expect(next.isOpen).toBe(true);
    await next.rollback();
  });

  it('supports savepoints', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item (name) VALUES ('kept')");
    await transaction.exec('SAVEPOINT inner_one');
    await transaction.run("INSERT INTO item (name) VALUES ('undone')");
    await transaction.exec('ROLLBACK TO inner_one; RELEASE inner_one');
    await transaction.commit();
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['kept']]);
  });

  it('is rolled back when its commit is refused by a broken foreign key', async () => {
    const database = newDatabase();
    await database.exec(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
    `);
    const transaction = await database.begin();
    await transaction.run('INSERT INTO child (parent) VALUES (9)');
    expect((await failureOf(transaction.commit())).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
    await transaction.rollback();
    await database.run('INSERT INTO parent VALUES (1)');
    expect((await database.all('SELECT count(*) FROM child')).rows).toEqual([[0]]);
  });

  it('is rolled back when its commit is refused by a lock', async () => {
    const path = newDatabasePath();
    // Without WAL a reader of another process keeps a commit from happening.
    const database = newDatabase({ path, pragmas: { journal_mode: 'DELETE' } });
    await database.exec(ITEM);
    await database.run("INSERT INTO item (name) VALUES ('a')");
    const other = new Database(path);
    const transaction = await database.begin();
    await transaction.run("INSERT INTO item (name) VALUES ('b')");
    other.exec('BEGIN');
    other.prepare('SELECT * FROM item').all();
    expect((await failureOf(transaction.commit())).code).toBe('SQLITE_BUSY');
    expect(transaction.isOpen).toBe(false);
    other.exec('COMMIT');
    other.close();
    await database.run("INSERT INTO item (name) VALUES ('c')");
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['a'], ['c']]);
  });

  it('says why its commit failed, and makes way, even if the rollback after it fails too', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
    await database.exec('CREATE TABLE child (parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED)');
    const transaction = await database.begin();
    await transaction.run('INSERT INTO child VALUES (9)');
    const exec = vi.spyOn(Database.prototype, 'exec').mockImplementationOnce(() => {
      throw new Error('no rollback');
    });
    onTestFinished(() => exec.mockRestore());
    expect((await failureOf(transaction.commit())).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
    expect(exec).toHaveBeenCalledWith('ROLLBACK');
    const next = await database.begin();
    expect((await next.all('SELECT * FROM child')).rows).toEqual([]);
    await next.rollback();
  });

  it('left open by a statement outside begin() is rolled back and reported', async () => {
    const database = newDatabase();
    await database.exec(ITEM);
    for (const use of [
      () => database.run('BEGIN'),
      () => database.all('BEGIN'),
      () => database.exec("BEGIN; INSERT INTO item (name) VALUES ('a')"),
    ]) {
      expect((await failureOf(use())).code).toBe('TRANSACTION_LEFT_OPEN');
    }
    await database.run("INSERT INTO item (name) VALUES ('b')");
    expect((await database.all('SELECT name FROM item')).rows).toEqual([['b']]);
  });
});

describe('withoutForeignKeys', () => {
  const FAMILY = `
    CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id) ON DELETE CASCADE);
    INSERT INTO parent VALUES (1, 'p');
    INSERT INTO child VALUES (1, 1);
  `;
  const REDEFINE = `
    CREATE TABLE new_parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO new_parent SELECT * FROM parent;
    DROP TABLE parent;
    ALTER TABLE new_parent RENAME TO parent;
  `;

  it('lets a table that others refer to be redefined without losing their rows', async () => {
    const database = newDatabase();
    await database.exec(FAMILY);
    const violations = await database.withoutForeignKeys(async (transaction) => {
      await transaction.exec(REDEFINE);
      return (await transaction.all('PRAGMA foreign_key_check')).rows;
    });
    expect(violations).toEqual([]);
    expect((await database.all('SELECT * FROM child')).rows).toEqual([[1, 1]]);
  });

  it('is needed for that: in a common transaction the cascade deletes them', async () => {
    const database = newDatabase();
    await database.exec(FAMILY);
    const transaction = await database.begin();
    await transaction.exec(REDEFINE);
    expect((await transaction.all('SELECT * FROM child')).rows).toEqual([]);
    await transaction.rollback();
  });

  it('enforces foreign keys again afterwards, also after a failure, which undoes everything', async () => {
    const database = newDatabase();
    await database.exec(FAMILY);
    const failure = await failureOf(
      database.withoutForeignKeys(async (transaction) => {
        await transaction.run('INSERT INTO child VALUES (2, 99)');
        throw new Error('changed my mind');
      }),
    );
    expect(failure.message).toBe('changed my mind');
    expect((await database.all('SELECT id FROM child')).rows).toEqual([[1]]);
    await database.withoutForeignKeys((transaction) => transaction.run('UPDATE parent SET name = NULL'));
    expect((await failureOf(database.run('INSERT INTO child VALUES (2, 99)'))).code).toBe(
      'SQLITE_CONSTRAINT_FOREIGNKEY',
    );
  });

  it('keeps other writers out until it is done', async () => {
    const database = newDatabase();
    await database.exec(FAMILY);
    let finish = (): void => {};
    const exclusive = database.withoutForeignKeys(async (transaction) => {
      await transaction.run("INSERT INTO parent VALUES (2, 'first')");
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const orphan = failureOf(database.run('INSERT INTO child VALUES (2, 99)'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(database.stats().waitingWriters).toBe(1);
    finish();
    await exclusive;
    expect((await orphan).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
  });
});

describe('a script', () => {
  it('may hold any number of statements, comments and none at all', async () => {
    const database = newDatabase();
    await database.exec("-- a; comment\nCREATE TABLE a (x); INSERT INTO a VALUES (';'); /* end */");
    await database.exec('');
    expect((await database.all('SELECT x FROM a')).rows).toEqual([[';']]);
  });

  it('keeps what it had done when a later statement fails, and foreign keys stay enforced', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (parent REFERENCES parent)');
    const script = 'PRAGMA foreign_keys = OFF; INSERT INTO child VALUES (1); INSERT INTO nowhere VALUES (1)';
    expect((await failureOf(database.exec(script))).message).toContain('no such table: nowhere');
    expect((await database.all('SELECT * FROM child')).rows).toEqual([[1]]);
    expect((await failureOf(database.run('INSERT INTO child VALUES (2)'))).code).toBe('SQLITE_CONSTRAINT_FOREIGNKEY');
  });
});
