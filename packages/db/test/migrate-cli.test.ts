import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  applyMigrations,
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

  test.each([
    ['both by the runner', 'runner', undefined],
    ['both by Prisma', 'Prisma', undefined],
    ['one by the runner, one by Prisma', 'runner', 'Prisma'],
    ['one by Prisma, one by the runner', 'Prisma', 'runner'],
  ] as const)('make one database: %s', async (_, earlier, later) => {
    const url = await emptyDatabase(provider);
    const database = { provider, url, folder: await folderOf(both) };
    if (later) await routes[earlier]({ ...database, folder: await folderOf(first) });
    await routes[later ?? earlier](database);

    // To neither of them anything is left to do, and nothing differs.
    const toSchema = ['--exit-code', '--from-config-datasource', '--to-schema', join(database.folder, provider)];
    const [status, diff] = await Promise.all([
      prisma(database, 'migrate', 'status'),
      prisma(database, 'migrate', 'diff', ...toSchema),
    ]);
    expect(status).toContain('Database schema is up to date!');
    expect(diff).toContain('No difference detected.');
    await withDatabase(url, async (connection) => {
      const { folder } = database;
      // Before the runner is here, which would apply them.
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

  test('write the same bookkeeping, to the type of each column and the form of each value', async () => {
    const folder = await folderOf(first);
    const describeTable = async (route: keyof typeof routes): Promise<unknown> => {
      const url = await emptyDatabase(provider);
      await routes[route]({ provider, url, folder });
      return withDatabase(url, async ({ sql: db }) => ({
        columns: await db.all(
          provider === 'sqlite'
            ? sql`SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info('_prisma_migrations')`
            : sql`SELECT column_name, udt_name, character_maximum_length, is_nullable, column_default
                FROM information_schema.columns WHERE table_name = '_prisma_migrations' ORDER BY ordinal_position`,
        ),
        records: await db.all(
          provider === 'sqlite'
            ? sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                typeof(started_at) AS started, typeof(finished_at) AS finished,
                length(started_at) AS started_length, length(finished_at) AS finished_length
              FROM _prisma_migrations`
            : sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                started_at <= finished_at AS is_in_order, now() - finished_at < interval '5 minutes' AS is_now
              FROM _prisma_migrations`,
        ),
      }));
    };
    const theirs = await describeTable('Prisma');
    expect(await describeTable('runner')).toEqual(theirs);
    expect(theirs).toMatchObject({ columns: expect.objectContaining({ length: 8 }), records: [{ logs: null }] });
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
