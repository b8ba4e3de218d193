import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { applyMigrations, pendingMigrations, rawSql, shippedSchemaFolder, sql } from '../src/index.ts';
import { emptyDatabase, historyOf, openDatabase, openEmpty, PROVIDERS, temporaryFolder } from './migrate-support.ts';

describe.each(PROVIDERS)('applying migrations on %s', (provider) => {
  const shippedNames = async (): Promise<string[]> => {
    const entries = await readdir(join(shippedSchemaFolder(), provider, 'migrations'), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  };

  test('an empty database gets the whole shipped history, once', async () => {
    const connection = await openEmpty(provider);
    const names = await shippedNames();
    expect(names.length).toBeGreaterThan(0);
    expect(await pendingMigrations(connection)).toEqual(names);
    expect(await connection.sql.tableExists('_prisma_migrations')).toBe(false);

    expect(await applyMigrations(connection)).toEqual({ applied: names });
    for (const table of ['workspaces', 'documents', 'steps', 'map_results', 'fetch_results']) {
      expect(await connection.sql.tableExists(table), table).toBe(true);
    }
    expect(await pendingMigrations(connection)).toEqual([]);
    expect(await applyMigrations(connection)).toEqual({ applied: [] });
  });

  test('the folder of an app is used instead of the shipped one', async () => {
    const folder = await temporaryFolder();
    const own = join(folder, provider, 'migrations');
    await cp(join(shippedSchemaFolder(), provider, 'migrations'), own, { recursive: true });
    await mkdir(join(own, '99_own'));
    await writeFile(join(own, '99_own/migration.sql'), 'CREATE TABLE own (id integer)');
    const connection = await openEmpty(provider);
    expect((await applyMigrations(connection, { folder })).applied).toEqual([...(await shippedNames()), '99_own']);
    expect(await connection.sql.tableExists('own')).toBe(true);
  });

  test('a later migration is applied to what is there, in the order of the names', async () => {
    const connection = await openEmpty(provider);
    const first = historyOf(['CREATE TABLE notes (id integer PRIMARY KEY)']);
    const both = historyOf([
      'CREATE TABLE notes (id integer PRIMARY KEY)',
      "ALTER TABLE notes ADD COLUMN text text; INSERT INTO notes (id, text) VALUES (2, 'after; both')",
    ]);
    await applyMigrations(connection, { history: first });
    await connection.sql.execute(sql`INSERT INTO notes (id) VALUES (1)`);
    expect(await pendingMigrations(connection, { history: both })).toEqual(['2_step']);
    expect(await applyMigrations(connection, { history: both })).toEqual({ applied: ['2_step'] });
    expect(await connection.sql.all(sql`SELECT id, text FROM notes ORDER BY id`)).toEqual([
      { id: 1, text: null },
      { id: 2, text: 'after; both' },
    ]);
  });

  test('the extras run after the migrations, and again each time', async () => {
    const connection = await openEmpty(provider);
    const history = historyOf(
      ['CREATE TABLE log (id integer)'],
      '-- said; once\nDELETE FROM log WHERE id > 1;\nINSERT INTO log (id) VALUES (1);',
    );
    await applyMigrations(connection, { history });
    await applyMigrations(connection, { history });
    expect(await connection.sql.one(sql`SELECT count(*) AS count FROM log`)).toEqual({ count: 2 });
  });

  test.each([
    [
      'a migration',
      historyOf(['CREATE TABLE one (id integer)', 'CREATE TABLE two (id integer); SELECT * FROM nowhere']),
      '2_step',
    ],
    ['the extras', historyOf(['CREATE TABLE one (id integer)'], 'SELECT * FROM nowhere'), 'extras.sql'],
  ])('a failure in %s leaves the database as it was', async (_, history, culprit) => {
    const connection = await openEmpty(provider);
    await expect(applyMigrations(connection, { history })).rejects.toMatchObject({
      code: 'db.migration-failed',
      message: expect.stringMatching(new RegExp(`${culprit}.*nowhere`, 's')),
      details: { migration: culprit },
    });
    for (const table of ['one', 'two', '_prisma_migrations']) {
      expect(await connection.sql.tableExists(table), table).toBe(false);
    }
    // The connection is still good for the corrected migration.
    await applyMigrations(connection, { history: historyOf(['CREATE TABLE one (id integer)']) });
    expect(await connection.sql.tableExists('one')).toBe(true);
  });

  test('a migration that was edited after it had been applied is refused', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, { history: historyOf(['CREATE TABLE one (id integer)']) });
    const edited = { history: historyOf(['CREATE TABLE one (id bigint)', 'CREATE TABLE two (id integer)']) };
    const refused = { code: 'db.migration-edited', details: { migration: '1_step' } };
    await expect(applyMigrations(connection, edited)).rejects.toMatchObject(refused);
    await expect(pendingMigrations(connection, edited)).rejects.toMatchObject(refused);
    expect(await connection.sql.tableExists('two')).toBe(false);
  });

  test('other line endings are no edit', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, { history: historyOf(['CREATE TABLE one (\n  id integer\n)\n']) });
    const history = historyOf(['CREATE TABLE one (\r\n  id integer\r\n)\r\n']);
    expect(await applyMigrations(connection, { history })).toEqual({ applied: [] });
  });

  test('a database with migrations of a newer version is refused', async () => {
    const connection = await openEmpty(provider);
    const scripts = [
      'CREATE TABLE one (id integer)',
      'CREATE TABLE two (id integer)',
      'CREATE TABLE three (id integer)',
    ];
    await applyMigrations(connection, { history: historyOf(scripts) });
    const older = { history: historyOf(scripts.slice(0, 1)) };
    const refused = { code: 'db.database-newer', details: { migrations: ['2_step', '3_step'] } };
    await expect(applyMigrations(connection, older)).rejects.toMatchObject(refused);
    await expect(pendingMigrations(connection, older)).rejects.toMatchObject(refused);
  });

  test('a migration that did not finish is refused until it is resolved as rolled back', async () => {
    const connection = await openEmpty(provider);
    const history = historyOf(['CREATE TABLE one (id integer)', 'CREATE TABLE two (id integer)']);
    await applyMigrations(connection, { history: historyOf(['CREATE TABLE one (id integer)']) });
    // What `prisma migrate deploy` leaves behind when it is interrupted.
    await connection.sql.execute(sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
      VALUES ('x', 'y', '2_step', ${new Date()})`);
    await expect(applyMigrations(connection, { history })).rejects.toMatchObject({
      code: 'db.migration-unfinished',
      details: { migration: '2_step' },
    });
    // What `prisma migrate resolve --rolled-back` writes.
    await connection.sql.execute(sql`UPDATE _prisma_migrations SET rolled_back_at = ${new Date()} WHERE id = 'x'`);
    expect(await applyMigrations(connection, { history })).toEqual({ applied: ['2_step'] });
  });

  test('a folder without migrations is refused by its path', async () => {
    const folder = await temporaryFolder();
    const connection = await openEmpty(provider);
    await expect(applyMigrations(connection, { folder })).rejects.toMatchObject({
      code: 'db.no-migrations',
      details: { path: join(folder, provider, 'migrations') },
    });
  });

  test('a document waits in one open step of a type, and in any number of ended ones', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection);
    const now = new Date('2026-01-02T03:04:05.678Z');
    const { sql: db } = connection;
    await db.execute(sql`INSERT INTO workspaces (id, slug, name, created_at) VALUES (1, 'w', 'W', ${now})`);
    await db.execute(sql`INSERT INTO documents
      (workspace_id, id, uri, uri_hash, uri_key, domain, first_seen_at, last_seen_at)
      VALUES (1, 'd', 'https://a.example/', 'h', 'https://a.example/', 'a.example', ${now}, ${now})`);
    await db.execute(sql`INSERT INTO runs (workspace_id, id, tool, input, input_digest, status, created_at)
      VALUES (1, 'r', 'fetch.run', '{}', 'x', 'running', ${now})`);
    await db.execute(sql`INSERT INTO run_items (workspace_id, id, run_id, document_id, status, created_at)
      VALUES (1, 'i', 'r', 'd', 'running', ${now})`);
    const addStep = (id: string, type: string, status: string): Promise<number> =>
      db.execute(sql`INSERT INTO steps
        (workspace_id, id, run_id, item_id, document_id, name, type, status, available_at, created_at)
        VALUES (1, ${id}, 'r', 'i', 'd', ${type}, ${type}, ${status}, ${now}, ${now})`);
    await addStep('1', 'fetch', 'completed');
    await addStep('2', 'fetch', 'failed');
    await addStep('3', 'fetch', 'pending');
    await addStep('4', 'index', 'pending');
    for (const status of ['pending', 'running', 'error']) {
      await expect(addStep('5', 'fetch', status), status).rejects.toMatchObject({ code: 'db.unique-violation' });
    }
    await db.execute(sql`UPDATE steps SET status = 'completed' WHERE id = '3'`);
    await addStep('6', 'fetch', 'error');
  });

  test('a row of another workspace cannot be referred to', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection);
    const now = new Date('2026-01-02T03:04:05.678Z');
    const { sql: db } = connection;
    await db.execute(
      sql`INSERT INTO workspaces (id, slug, name, created_at) VALUES (1, 'a', 'A', ${now}), (2, 'b', 'B', ${now})`,
    );
    await db.execute(sql`INSERT INTO documents
      (workspace_id, id, uri, uri_hash, uri_key, domain, first_seen_at, last_seen_at)
      VALUES (1, 'd', 'https://a.example/', 'h', 'https://a.example/', 'a.example', ${now}, ${now})`);
    const addUri = (workspaceId: number): Promise<number> =>
      db.execute(sql`INSERT INTO document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)
        VALUES (${workspaceId}, 'h', 'https://a.example/', 'd', 'canonical', ${now})`);
    await expect(addUri(2)).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
    expect(await addUri(1)).toBe(1);
  });
});

describe('applying migrations on SQLite', () => {
  const tables = `CREATE TABLE parents (id integer PRIMARY KEY, name text);
    CREATE TABLE children (parent_id integer REFERENCES parents (id) ON DELETE CASCADE);`;
  const fill = `INSERT INTO parents VALUES (1, 'one'), (2, 'two'); INSERT INTO children VALUES (1), (2);`;
  // As Prisma redefines a table.
  const redefine = (
    condition: string,
  ): string => `CREATE TABLE new_parents (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO new_parents SELECT id, name FROM parents WHERE ${condition};
    DROP TABLE parents;
    ALTER TABLE new_parents RENAME TO parents;`;

  test('a table that others refer to is made anew without losing their rows', async () => {
    const connection = await openEmpty('sqlite');
    await applyMigrations(connection, { history: historyOf([tables, fill, redefine('true')]) });
    expect(await connection.sql.all(sql`SELECT parent_id FROM children ORDER BY 1`)).toEqual([
      { parent_id: 1 },
      { parent_id: 2 },
    ]);
    expect(await connection.sql.all(rawSql('PRAGMA foreign_keys'))).toEqual([{ foreign_keys: 1 }]);
  });

  test('a migration that leaves rows without their parents is rolled back', async () => {
    const connection = await openEmpty('sqlite');
    await applyMigrations(connection, { history: historyOf([tables, fill]) });
    await expect(
      applyMigrations(connection, { history: historyOf([tables, fill, redefine('id = 1')]) }),
    ).rejects.toMatchObject({
      code: 'db.migration-failed',
      details: { migration: '3_step', reason: expect.stringContaining('children') },
    });
    expect(await connection.sql.one(sql`SELECT count(*) AS count FROM parents`)).toEqual({ count: 2 });
  });

  test('the shipped history leaves a sound file', async () => {
    const connection = await openEmpty('sqlite');
    await applyMigrations(connection);
    expect(await connection.sql.all(rawSql('PRAGMA foreign_key_check'))).toEqual([]);
    expect(await connection.sql.all(rawSql('PRAGMA integrity_check'))).toEqual([{ integrity_check: 'ok' }]);
  });
});

describe('applying migrations on PostgreSQL', () => {
  test('text is ordered by its bytes, whatever the locale of the server', async () => {
    const url = await emptyDatabase('postgresql', "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'");
    const connection = await openDatabase(url);
    const words = sql`(VALUES ('b'), ('B'), ('a')) AS words (word)`;
    // The locale alone would order otherwise, so that the rest of this test can fail.
    expect(await connection.sql.all(sql`SELECT word FROM ${words} ORDER BY word`)).toEqual([
      { word: 'a' },
      { word: 'b' },
      { word: 'B' },
    ]);
    await applyMigrations(connection);
    const now = new Date('2026-01-02T03:04:05.678Z');
    await connection.sql.execute(
      sql`INSERT INTO workspaces (slug, name, created_at) SELECT word, word, ${now}::timestamp FROM ${words}`,
    );
    expect(await connection.sql.all(sql`SELECT slug FROM workspaces ORDER BY slug`)).toEqual([
      { slug: 'B' },
      { slug: 'a' },
      { slug: 'b' },
    ]);
    expect(
      await connection.sql.all(sql`SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'text' AND table_name <> '_prisma_migrations'
          AND collation_name IS DISTINCT FROM 'C'`),
    ).toEqual([]);
    // Nothing is altered a second time: the tables keep their files and their versions in the catalogue.
    const versions = sql`SELECT c.relname, c.xmin::text, c.relfilenode FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1`;
    const before = await connection.sql.all(versions);
    await applyMigrations(connection);
    expect(await connection.sql.all(versions)).toEqual(before);
  });

  test('a schema that the URL names is made, and holds everything', async () => {
    const url = new URL(await emptyDatabase('postgresql'));
    url.searchParams.set('schema', 'Tenant');
    const connection = await openDatabase(url.href);
    await applyMigrations(connection);
    expect(
      await connection.sql.all(sql`SELECT DISTINCT schemaname AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`),
    ).toEqual([{ name: 'Tenant' }]);
    expect(await pendingMigrations(connection)).toEqual([]);
  });
});

test('the shipped schema is the composed one of this repository', async () => {
  const text = await readFile(join(shippedSchemaFolder(), 'sqlite/models/data.prisma'), 'utf8');
  expect(text).toContain('model Workspace {');
});
