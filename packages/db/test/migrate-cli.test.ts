import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  applyMigrations,
  type Connection,
  findMissingExtras,
  inspectMigrations,
  type Provider,
  pendingMigrations,
  sql,
} from '../src/index.ts';
import { type PrismaDatabase, prisma, schemaFolder, startPrisma } from './migrate-programs.ts';
import { emptyDatabase, PROVIDERS, withDatabase } from './migrate-support.ts';

// Each start of the CLI takes a second or more.
vi.setConfig({ testTimeout: 90_000 });

const models = `model Note {
  id   Int    @id
  text String @default("")

  @@index([text])
  @@map("notes")
}
`;

const FIRST: Readonly<Record<Provider, string>> = {
  sqlite: 'CREATE TABLE "notes" ("id" INTEGER NOT NULL PRIMARY KEY);\n',
  postgresql: 'CREATE TABLE "notes" ("id" INTEGER NOT NULL, CONSTRAINT "notes_pkey" PRIMARY KEY ("id"));\n',
};
const SECOND = `ALTER TABLE "notes" ADD COLUMN "text" TEXT NOT NULL DEFAULT '';
CREATE INDEX "notes_text_idx" ON "notes"("text");
`;
const EXTRAS: Readonly<Record<Provider, string>> = {
  sqlite: `DROP TRIGGER IF EXISTS checked;
CREATE TRIGGER checked BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, 'no') WHERE NEW.id = 0; END;`,
  postgresql: 'ALTER TABLE notes DROP CONSTRAINT IF EXISTS checked, ADD CONSTRAINT checked CHECK (id <> 0);',
};

describe.each(PROVIDERS)('the runner and Prisma in turns on %s', (provider) => {
  const first = { '1_first': FIRST[provider] };
  const both = { ...first, '2_second': SECOND };
  const folderOf = (migrations: Readonly<Record<string, string>>): Promise<string> =>
    schemaFolder({ provider, models, migrations, extras: EXTRAS[provider] });

  const runOn = async ({ url, folder }: PrismaDatabase): Promise<readonly string[]> =>
    (await withDatabase(url, (connection) => applyMigrations(connection, { folder }))).applied;
  const routes = {
    runner: async (database: PrismaDatabase) => void (await runOn(database)),
    Prisma: async (database: PrismaDatabase) => void (await prisma(database, 'migrate', 'deploy')),
  };

  /** All that was made, and how it is recorded: to the type of each column and the form of each value. */
  const allOf = async ({ sql: db }: Connection<unknown>): Promise<unknown> => {
    const [columns, others, records] =
      provider === 'sqlite'
        ? [
            sql`SELECT m.name AS "table", c.* FROM sqlite_schema m JOIN pragma_table_info(m.name) c
              WHERE m.type = 'table' ORDER BY m.name, c.cid`,
            sql`SELECT type, name, sql FROM sqlite_schema WHERE type <> 'table' ORDER BY type, name`,
            sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                typeof(started_at) AS started, typeof(finished_at) AS finished,
                length(started_at) AS started_length, length(finished_at) AS finished_length
              FROM _prisma_migrations ORDER BY migration_name`,
          ]
        : [
            sql`SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default
              FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
            sql`SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'
              UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
              WHERE connamespace = 'public'::regnamespace ORDER BY name, definition`,
            sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                started_at <= finished_at AS is_in_order, now() - finished_at < interval '5 minutes' AS is_now
              FROM _prisma_migrations ORDER BY migration_name`,
          ];
    return { columns: await db.all(columns), others: await db.all(others), records: await db.all(records) };
  };

  describe('make the same database as Prisma by itself', () => {
    let made: Promise<unknown> | undefined;
    const makeByPrisma = async (): Promise<unknown> => {
      const database = { provider, url: await emptyDatabase(provider), folder: await folderOf(both) };
      await routes.Prisma(database);
      const all = await withDatabase(database.url, allOf);
      expect(all).toMatchObject({ columns: { length: 10 }, records: [{ logs: null }, { logs: null }] });
      return all;
    };

    test.each([
      ['the runner by itself', 'runner', undefined],
      ['first the runner, then Prisma', 'runner', 'Prisma'],
      ['first Prisma, then the runner', 'Prisma', 'runner'],
    ] as const)('%s', async (_, earlier, later) => {
      made ??= makeByPrisma();
      const theirs = await made;
      const database = { provider, url: await emptyDatabase(provider), folder: await folderOf(both) };
      if (later) await routes[earlier]({ ...database, folder: await folderOf(first) });
      await routes[later ?? earlier](database);
      await withDatabase(database.url, async (connection) => {
        const { folder } = database;
        expect(await allOf(connection)).toEqual(theirs);
        expect(await findMissingExtras(connection, { folder })).toEqual([]);
        expect(await applyMigrations(connection, { folder })).toEqual({ applied: [] });
        expect(await inspectMigrations(connection, { folder })).toEqual({
          applied: ['1_first', '2_second'],
          pending: [],
          failed: [],
          edited: [],
          unknown: [],
          isNewer: false,
        });
      });
    });
  });

  test('leave Prisma nothing to do, and no difference, where the runner has been', async () => {
    const database = { provider, url: await emptyDatabase(provider), folder: await folderOf(both) };
    await routes.runner(database);
    expect(await prisma(database, 'migrate', 'status')).toContain('Database schema is up to date!');
    const toSchema = ['--exit-code', '--from-config-datasource', '--to-schema', join(database.folder, provider)];
    expect(await prisma(database, 'migrate', 'diff', ...toSchema)).toContain('No difference detected.');
  });

  test('a migration that failed under Prisma stops the runner until migrate resolve, also with an edited script', async () => {
    const url = await emptyDatabase(provider);
    const folder = await folderOf({ ...first, '2_second': `${SECOND}INSERT INTO nowhere VALUES (1);` });
    const database = { provider, url, folder };
    const deploy = await startPrisma(database, 'migrate', 'deploy').ended;
    expect(deploy).toMatchObject({ code: 1, output: expect.stringContaining('P3018') });
    await writeFile(join(folder, provider, 'migrations/2_second/migration.sql'), SECOND);
    await withDatabase(url, async (connection) => {
      const { failed } = await inspectMigrations(connection, { folder });
      expect(failed).toMatchObject([{ name: '2_second', reason: expect.stringContaining('nowhere') }]);
      for (const attempt of [pendingMigrations, applyMigrations]) {
        await expect(attempt(connection, { folder })).rejects.toMatchObject({
          code: 'db.migration-unfinished',
          message: expect.stringMatching(/2_second.*nowhere/s),
          hint: expect.stringContaining('prisma migrate resolve --rolled-back'),
        });
      }
    });

    await prisma(database, 'migrate', 'resolve', '--rolled-back', '2_second');
    expect(await runOn(database)).toEqual(['2_second']);
    expect(await prisma(database, 'migrate', 'status')).toContain('Database schema is up to date!');
  });

  test('a migration that failed under the runner leaves nothing to resolve: the corrected one goes in by Prisma', async () => {
    const url = await emptyDatabase(provider);
    const folder = await folderOf({ ...first, '2_second': `${SECOND}INSERT INTO nowhere VALUES (1);` });
    await withDatabase(url, async (connection) => {
      await expect(applyMigrations(connection, { folder })).rejects.toMatchObject({
        code: 'db.migration-failed',
        message: expect.stringMatching(/2_second.*nowhere/s),
        hint: expect.stringMatching(/as it was before.*migrate again/),
      });
      expect(await connection.sql.tableExists('notes')).toBe(false);
      expect(await connection.sql.tableExists('_prisma_migrations')).toBe(false);
    });
    await writeFile(join(folder, provider, 'migrations/2_second/migration.sql'), SECOND);
    await prisma({ provider, url, folder }, 'migrate', 'deploy');
    await withDatabase(url, async (connection) => {
      expect(await inspectMigrations(connection, { folder })).toMatchObject({ applied: ['1_first', '2_second'] });
    });
  });

  test('a baseline that Prisma wrote is one to the runner', async () => {
    const url = await emptyDatabase(provider);
    const folder = await folderOf(both);
    await withDatabase(url, (connection) => connection.runScript((script) => script.exec(FIRST[provider])));
    const database = { provider, url, folder };
    await prisma(database, 'migrate', 'resolve', '--applied', '1_first');
    expect(await runOn(database)).toEqual(['2_second']);
  });

  test('an edited migration and a newer database, made by Prisma, are refused by the runner with their codes', async () => {
    const url = await emptyDatabase(provider);
    const folder = await folderOf(both);
    await prisma({ provider, url, folder }, 'migrate', 'deploy');
    await withDatabase(url, async (connection) => {
      await expect(applyMigrations(connection, { folder: await folderOf(first) })).rejects.toMatchObject({
        code: 'db.database-newer',
        details: { migrations: ['2_second'] },
      });
      const file = join(folder, provider, 'migrations/1_first/migration.sql');
      await writeFile(file, `${await readFile(file, 'utf8')}-- edited\n`);
      await expect(applyMigrations(connection, { folder })).rejects.toMatchObject({
        code: 'db.migration-edited',
        details: { migration: '1_first' },
      });
    });
  });
});
