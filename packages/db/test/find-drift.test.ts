import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { applyMigrations, connect, findDrift, type Provider, rawSql, sql } from '../src/index.ts';
import { emptyDatabase, historyOf, noClients, openDatabase, openEmpty, PROVIDERS } from './migrate-support.ts';

const TABLES = `
CREATE TABLE shelves (id integer PRIMARY KEY);
CREATE TABLE books (id integer PRIMARY KEY, title text NOT NULL, shelf integer REFERENCES shelves (id));
CREATE INDEX books_by_title ON books (title);`;
const EXTRAS: Readonly<Record<Provider, string>> = {
  sqlite: `CREATE TRIGGER IF NOT EXISTS kept BEFORE DELETE ON books BEGIN SELECT RAISE(ABORT, 'kept'); END;`,
  postgresql: `ALTER TABLE books ALTER COLUMN title TYPE text COLLATE "C"`,
};

interface Fault {
  readonly what: string;
  readonly script: string;
  readonly drift: readonly string[];
  readonly only?: Provider;
}

const ADDED_COLUMN = 'ALTER TABLE books ADD COLUMN isbn text';
const VIEW = 'CREATE VIEW loans AS SELECT id FROM books';
const OTHER_INDEX = 'DROP INDEX books_by_title; CREATE INDEX books_by_title ON books (shelf)';
const changeTitle = (change: string): string => `ALTER TABLE books ALTER COLUMN title ${change}`;

const FAULTS: readonly Fault[] = [
  { what: 'a column was added', script: ADDED_COLUMN, drift: ['changed table books'], only: 'sqlite' },
  { what: 'a column was added', script: ADDED_COLUMN, drift: ['added column books.isbn'], only: 'postgresql' },
  { what: 'an index is gone', script: 'DROP INDEX books_by_title', drift: ['missing index books_by_title'] },
  { what: 'an index is another one', script: OTHER_INDEX, drift: ['changed index books_by_title'] },
  { what: 'a view was made', script: VIEW, drift: ['added view loans'], only: 'sqlite' },
  { what: 'a view was made', script: VIEW, drift: ['added table loans'], only: 'postgresql' },
  { what: 'a trigger is gone', script: 'DROP TRIGGER kept', drift: ['missing trigger kept'], only: 'sqlite' },
  {
    what: 'a column may be null',
    script: changeTitle('DROP NOT NULL'),
    drift: ['changed column books.title'],
    only: 'postgresql',
  },
  {
    what: 'a collation is gone',
    script: changeTitle('TYPE text COLLATE "default"'),
    drift: ['changed column books.title'],
    only: 'postgresql',
  },
  {
    what: 'a foreign key is gone',
    script: 'ALTER TABLE books DROP CONSTRAINT books_shelf_fkey',
    drift: ['missing constraint books_shelf_fkey on books'],
    only: 'postgresql',
  },
];

describe.each(PROVIDERS)('drift on %s', (provider) => {
  const history = historyOf([TABLES, 'ALTER TABLE books ADD COLUMN pages integer DEFAULT 0'], EXTRAS[provider]);
  const migrated = async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, { history });
    return connection;
  };

  test('is none after the shipped migrations', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection);
    expect(await findDrift(connection)).toEqual([]);
  });

  const faults = FAULTS.filter(({ only = provider }) => only === provider);
  test.each(faults)('is found where $what', async ({ script, drift }) => {
    const connection = await migrated();
    expect(await findDrift(connection, { history })).toEqual([]);
    await connection.runScript(({ exec }) => exec(script));
    const found = async () => (await findDrift(connection, { history })).map(({ object, kind }) => `${kind} ${object}`);
    expect(await found()).toEqual(drift);
    // Looking for it leaves nothing behind.
    expect(await found()).toEqual(drift);
  });

  test('is none for whoever applied the migrations, and where rows are', async () => {
    const connection = await migrated();
    await connection.sql.execute(sql`INSERT INTO books (id, title) VALUES (1, 'Emma')`);
    await connection.sql.all(rawSql('ANALYZE'));
    await connection.sql.execute(sql`UPDATE _prisma_migrations SET logs = 'by the CLI'`);
    expect(await findDrift(connection, { history })).toEqual([]);
    expect(await connection.sql.all(sql`SELECT title FROM books`)).toEqual([{ title: 'Emma' }]);
  });
});

test('drift on PostgreSQL is looked for in the schema that the URL names', async () => {
  const url = `${await emptyDatabase('postgresql')}?schema=app`;
  const connection = await openDatabase(url);
  const history = historyOf([TABLES]);
  await applyMigrations(connection, { history });
  expect(await findDrift(connection, { history })).toEqual([]);
  await connection.runScript(({ exec }) => exec('DROP INDEX books_by_title'));
  expect(await findDrift(connection, { history })).toEqual([{ object: 'index books_by_title', kind: 'missing' }]);
});

describe('a role that may not create a schema', () => {
  const asReader = async (extras: string, faults: readonly string[] = [], isTemporaryRefused = false) => {
    const url = await emptyDatabase('postgresql');
    const owner = await openDatabase(url);
    const history = historyOf([TABLES], extras);
    await applyMigrations(owner, { history });
    const role = `reader_${randomUUID().replaceAll('-', '')}`;
    const database = new URL(url).pathname.slice(1);
    const refusal = isTemporaryRefused ? [`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`] : [];
    for (const statement of [`CREATE ROLE ${role} LOGIN PASSWORD 'x'`, ...refusal, ...faults]) {
      await owner.sql.execute(rawSql(statement));
    }
    const readerUrl = Object.assign(new URL(url), { username: role, password: 'x' }).href;
    const reader = await connect({ url: readerUrl, clients: noClients });
    try {
      return await findDrift(reader, { history });
    } finally {
      await reader.close();
      await owner.sql.execute(rawSql(`DROP ROLE ${role}`));
    }
  };

  test('finds the drift by temporary tables', async () => {
    expect(await asReader(EXTRAS.postgresql)).toEqual([]);
    expect(await asReader(EXTRAS.postgresql, ['DROP INDEX books_by_title', changeTitle('DROP NOT NULL')])).toEqual([
      { object: 'column books.title', kind: 'changed' },
      { object: 'index books_by_title', kind: 'missing' },
    ]);
  });

  test('is told what it lacks where it may not make them either, or the extras cannot do with them', async () => {
    const withFunction = `CREATE OR REPLACE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE OR REPLACE TRIGGER kept BEFORE DELETE ON books FOR EACH ROW EXECUTE FUNCTION kept();`;
    const refusal = { code: 'db.not-permitted' };
    await expect(asReader('', [], true)).rejects.toMatchObject(refusal);
    await expect(asReader(withFunction)).rejects.toMatchObject(refusal);
  });
});
