import { describe, expect, test } from 'vitest';
import { applyMigrations, connect, sql } from '../src/index.ts';
import { emptyDatabase, historyOf, noClients, openDatabase, openEmpty, PROVIDERS } from './migrate-support.ts';

describe.each(PROVIDERS)('a migration that cannot be on %s', (provider) => {
  const first = 'CREATE TABLE notes (id integer PRIMARY KEY); INSERT INTO notes VALUES (1);';

  test('is undone to its first statement, with those applied before it in the same run; corrected, it goes in', async () => {
    const connection = await openEmpty(provider);
    const wrong = `CREATE TABLE half (id integer); DELETE FROM notes; INSERT INTO nowhere VALUES (1); CREATE TABLE rest (id integer);`;
    await applyMigrations(connection, { history: historyOf([first]) });
    await expect(
      applyMigrations(connection, { history: historyOf([first, 'CREATE TABLE fine (id integer)', wrong]) }),
    ).rejects.toMatchObject({
      code: 'db.migration-failed',
      details: { migration: '3_step', reason: expect.stringContaining('nowhere') },
      hint: expect.stringContaining('Correct the migration'),
    });
    for (const table of ['fine', 'half', 'rest']) expect(await connection.sql.tableExists(table), table).toBe(false);
    expect(await connection.sql.all(sql`SELECT id FROM notes`)).toEqual([{ id: 1 }]);
    expect(await connection.sql.all(sql`SELECT migration_name AS name, logs FROM _prisma_migrations`)).toEqual([
      { name: '1_step', logs: null },
    ]);
    const corrected = historyOf([first, 'CREATE TABLE fine (id integer)', wrong.replace('nowhere', 'half')]);
    expect((await applyMigrations(connection, { history: corrected })).applied).toEqual(['2_step', '3_step']);
  });

  test('for the rows that it meets goes in when the rows are mended', async () => {
    const connection = await openEmpty(provider);
    const twice = "CREATE TABLE words (word text); INSERT INTO words VALUES ('a'), ('a');";
    const unique = 'CREATE TABLE half (id integer); CREATE UNIQUE INDEX one_word ON words (word);';
    await applyMigrations(connection, { history: historyOf([twice]) });
    const migrate = () => applyMigrations(connection, { history: historyOf([twice, unique]) });
    await expect(migrate()).rejects.toMatchObject({ code: 'db.migration-failed', details: { migration: '2_step' } });
    expect(await connection.sql.tableExists('half')).toBe(false);
    await connection.sql.execute(sql`DELETE FROM words`);
    expect(await migrate()).toEqual({ applied: ['2_step'] });
  });

  test.each([
    ['COMMIT', 'CREATE TABLE half (id integer); COMMIT; CREATE TABLE rest (id integer);'],
    ['BEGIN', '-- in one go\nbegin; CREATE TABLE half (id integer); END;'],
    ['ROLLBACK', "INSERT INTO notes VALUES (2); /* ; */ ROLLBACK; SELECT ';';"],
    ['START TRANSACTION', 'CREATE TABLE half (id integer);\nSTART  TRANSACTION;'],
  ])('since it says %s is refused before it begins', async (statement, script) => {
    const connection = await openEmpty(provider);
    await expect(applyMigrations(connection, { history: historyOf([first, script]) })).rejects.toMatchObject({
      code: 'db.migration-failed',
      details: { migration: '2_step', reason: expect.stringContaining(statement) },
      hint: expect.stringContaining('prisma migrate deploy'),
    });
    for (const table of ['notes', 'half', 'rest', '_prisma_migrations']) {
      expect(await connection.sql.tableExists(table), table).toBe(false);
    }
  });

  test('is told from one with BEGIN, END and savepoints in other places', async () => {
    const connection = await openEmpty(provider);
    const body = {
      sqlite: `CREATE TRIGGER checked BEFORE INSERT ON notes WHEN NEW.id < 0 BEGIN
        SELECT CASE WHEN NEW.id = -1 THEN RAISE(ABORT, 'COMMIT; no') END; SELECT 1;
      END;`,
      postgresql: `CREATE FUNCTION one() RETURNS integer BEGIN ATOMIC SELECT 2; SELECT 1; END;
        DO $$ BEGIN PERFORM one(); END; $$;`,
    };
    const script = `${body[provider]} CREATE TABLE "COMMIT" (id integer); -- COMMIT;
      SAVEPOINT here; DELETE FROM notes; ROLLBACK TO here; RELEASE here;`;
    await applyMigrations(connection, { history: historyOf([first, script]) });
    expect(await connection.sql.tableExists('COMMIT')).toBe(true);
    expect(await connection.sql.all(sql`SELECT id FROM notes`)).toEqual([{ id: 1 }]);
  });

  const alone = {
    sqlite: ['CREATE TABLE half (id integer); VACUUM;'],
    postgresql: ["ALTER TYPE color ADD VALUE 'blue';", "CREATE TABLE half (color color DEFAULT 'blue');"],
  };
  test('since it shares no transaction says who applies each by itself', async () => {
    const connection = await openEmpty(provider);
    const before = provider === 'sqlite' ? first : `${first} CREATE TYPE color AS ENUM ('red');`;
    await applyMigrations(connection, { history: historyOf([before]) });
    await expect(
      applyMigrations(connection, { history: historyOf([before, ...alone[provider]]) }),
    ).rejects.toMatchObject({
      code: 'db.migration-failed',
      details: { migration: `${alone[provider].length + 1}_step` },
      hint: expect.stringContaining('prisma migrate deploy'),
    });
    expect(await connection.sql.tableExists('half')).toBe(false);
  });

  test('since another process does not end its own is the retryable error db.busy, and goes in afterwards', async () => {
    const url = await emptyDatabase(provider);
    const history = historyOf([first]);
    const other = await openDatabase(url);
    const patient = await openDatabase(url);
    const hasty = await connect({ url, clients: noClients, sqlite: { busyTimeoutMs: 20 } });
    let finish = (): void => {};
    const blocked = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let enter = (): void => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const holding = other.runScript(async (script) => {
      // Prisma Migrate's lock; SQLite's is that of the transaction.
      if (provider === 'postgresql') await script.exec('SELECT pg_advisory_xact_lock(72707369)');
      enter();
      await blocked;
    });
    await entered;
    await expect(applyMigrations(hasty, { history, waitMs: 50 })).rejects.toMatchObject({
      code: 'db.busy',
      isRetryable: true,
    });
    await hasty.close();
    const waiting = applyMigrations(patient, { history });
    finish();
    await holding;
    expect(await waiting).toEqual({ applied: ['1_step'] });
  });
});
