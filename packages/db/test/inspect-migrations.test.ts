import { describe, expect, test } from 'vitest';
import {
  applyMigrations,
  findMissingExtras,
  inspectMigrations,
  type MigrationHistory,
  type Provider,
  pendingMigrations,
  sql,
} from '../src/index.ts';
import { historyOf, openEmpty, PROVIDERS } from './migrate-support.ts';

/** A history of empty migrations of these names. */
function named(...names: readonly string[]): { readonly history: MigrationHistory } {
  return { history: { migrations: names.map((name) => ({ name, script: `-- ${name}\nSELECT 1;` })), extras: '' } };
}

const nothing = { applied: [], pending: [], failed: [], edited: [], unknown: [], isNewer: false };

describe.each(PROVIDERS)('inspecting migrations on %s', (provider) => {
  test('a database that was never migrated lacks all, and is left without the bookkeeping', async () => {
    const connection = await openEmpty(provider);
    expect(await inspectMigrations(connection, named('2', '1'))).toEqual({ ...nothing, pending: ['1', '2'] });
    expect(await connection.sql.tableExists('_prisma_migrations')).toBe(false);
  });

  test('what is applied and what is pending are told apart by name, also out of order', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, named('1', '3'));
    expect(await inspectMigrations(connection, named('1', '2', '3', '4'))).toEqual({
      ...nothing,
      applied: ['1', '3'],
      pending: ['2', '4'],
    });
  });

  test('an edited script is reported by its name', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, named('1', '2'));
    const edited = {
      history: { migrations: [...named('1').history.migrations, { name: '2', script: '' }], extras: '' },
    };
    expect(await inspectMigrations(connection, edited)).toEqual({ ...nothing, applied: ['1', '2'], edited: ['2'] });
  });

  test.each([
    ['goes on after the last known one', named('1', '2'), true, 'db.database-newer'],
    ['stands between the known ones', named('1', '2', '4'), false, 'db.migration-unknown'],
    ['comes with another one missing', named('1', '2', '25'), false, 'db.migration-unknown'],
  ])('an unknown migration that %s is of a newer version: %s', async (_, source, isNewer, code) => {
    const connection = await openEmpty(provider);
    const known = source.history.migrations.map(({ name }) => name).filter((name) => name !== '25');
    await applyMigrations(connection, named(...known, '3'));
    expect(await inspectMigrations(connection, source)).toMatchObject({ unknown: ['3'], isNewer });
    const refused = { code, details: { migrations: ['3'] }, hint: expect.stringMatching(/version|folder/) };
    await expect(pendingMigrations(connection, source)).rejects.toMatchObject(refused);
    await expect(applyMigrations(connection, source)).rejects.toMatchObject(refused);
  });

  test('a migration that did not finish is reported with its time and reason, until it is rolled back', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, named('1'));
    const startedAt = new Date('2026-01-02T03:04:05.678Z');
    await connection.sql.execute(sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, logs)
      VALUES ('a', 'x', '2', ${startedAt}, ${'no such table\n'}), ('b', 'x', '3', ${startedAt}, NULL)`);
    expect(await inspectMigrations(connection, named('1', '2', '3', '4'))).toEqual({
      ...nothing,
      applied: ['1'],
      pending: ['4'],
      failed: [
        { name: '2', startedAt, reason: 'no such table' },
        { name: '3', startedAt, reason: undefined },
      ],
    });
    await connection.sql.execute(sql`UPDATE _prisma_migrations SET rolled_back_at = ${startedAt} WHERE checksum = 'x'`);
    expect(await inspectMigrations(connection, named('1', '2', '3', '4'))).toEqual({
      ...nothing,
      applied: ['1'],
      pending: ['2', '3', '4'],
    });
  });
});

/** Extras on a table `posts (title text)`, and each way to lose a part of them with what is then missing. */
const EXTRAS: Readonly<
  Record<Provider, { readonly script: string; readonly faults: readonly (readonly [string, string])[] }>
> = {
  sqlite: {
    script: `DROP TRIGGER IF EXISTS checked;
      CREATE TRIGGER checked BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'no') WHERE NEW.title = ''; END;`,
    faults: [
      ['DROP TRIGGER checked', 'trigger checked'],
      ['DROP TRIGGER checked; CREATE TRIGGER checked DELETE ON posts BEGIN SELECT 1; END', 'trigger checked'],
    ],
  },
  postgresql: {
    script: `CREATE OR REPLACE FUNCTION check_post() RETURNS trigger AS $$ BEGIN RETURN NEW; END; $$ LANGUAGE plpgsql;
      CREATE OR REPLACE TRIGGER checked BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION check_post();
      ALTER TABLE posts ENABLE ROW LEVEL SECURITY;
      DROP POLICY IF EXISTS own ON posts;
      CREATE POLICY own ON posts USING (title <> '');
      ALTER TABLE posts DROP CONSTRAINT IF EXISTS titled, ADD CONSTRAINT titled CHECK (title <> 'x');
      CREATE OR REPLACE VIEW titles AS SELECT title FROM posts;
      CREATE INDEX IF NOT EXISTS by_title ON posts (title);
      GRANT SELECT ON posts TO PUBLIC;`,
    faults: [
      ['DROP TRIGGER checked ON posts', 'trigger checked on posts'],
      [
        `CREATE OR REPLACE FUNCTION check_post() RETURNS trigger AS 'BEGIN END' LANGUAGE plpgsql`,
        'function check_post()',
      ],
      ['ALTER TABLE posts DISABLE ROW LEVEL SECURITY', 'row-level security of posts'],
      ['REVOKE SELECT ON posts FROM PUBLIC', 'table posts'],
      ['ALTER POLICY own ON posts USING (true)', 'policy own on posts'],
      ['ALTER TABLE posts DROP CONSTRAINT titled', 'constraint titled on posts'],
      ['DROP VIEW titles', 'table titles'],
      ['DROP INDEX by_title', 'index by_title'],
    ],
  },
};

describe.each(PROVIDERS)('looking for missing extras on %s', (provider) => {
  const { script, faults } = EXTRAS[provider];
  const history = historyOf(['CREATE TABLE posts (title text)'], script);

  test.each(faults)('finds none where they are in force, and after %s names the %s', async (fault, missing) => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection, { history });
    expect(await findMissingExtras(connection, { history })).toEqual([]);

    await connection.runScript((session) => session.exec(fault));
    expect(await findMissingExtras(connection, { history })).toEqual([missing]);
    expect(await findMissingExtras(connection, { history }), 'looking did not apply them').toEqual([missing]);

    await applyMigrations(connection, { history });
    expect(await findMissingExtras(connection, { history })).toEqual([]);
  });

  test('the shipped ones are in force after the shipped migrations', async () => {
    const connection = await openEmpty(provider);
    await applyMigrations(connection);
    expect(await findMissingExtras(connection)).toEqual([]);
  });

  test('says so where migrations are pending, or the extras fail', async () => {
    const connection = await openEmpty(provider);
    await expect(findMissingExtras(connection, { history })).rejects.toMatchObject({
      code: 'db.not-migrated',
      details: { pending: ['1_step'] },
    });
    await applyMigrations(connection, { history });
    const wrong = { history: { ...history, extras: 'SELECT * FROM nowhere' } };
    await expect(findMissingExtras(connection, wrong)).rejects.toMatchObject({
      code: 'db.migration-failed',
      details: { migration: 'extras.sql' },
    });
  });
});

test('columns that lost the byte order on PostgreSQL are named', async () => {
  const connection = await openEmpty('postgresql');
  await applyMigrations(connection);
  await connection.runScript((session) =>
    session.exec('ALTER TABLE sources ALTER COLUMN uri TYPE text COLLATE "POSIX"'),
  );
  expect(await findMissingExtras(connection)).toEqual(['column sources.uri']);
});
