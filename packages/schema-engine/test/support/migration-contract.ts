import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { migrationRows } from './migration-rows.ts';
import { createProject, type PrismaProject } from './prisma-project.ts';
import type { DatabaseSystem, TestDatabase } from './test-database.ts';

const userModel = `model User {
  id     Int       @id
  email  String
  goneAt DateTime?
  posts  Post[]

  @@unique([email], where: { goneAt: null })
}
`;

const postModel = `model Post {
  id       Int       @id
  title    String
  author   User      @relation(fields: [authorId], references: [id])
  authorId Int
  gone     Boolean   @default(false)

  @@index([title], where: { gone: false })
}
`;

// Another ON DELETE: SQLite has to redefine the table for it.
const changedPostModel = postModel
  .replace('references: [id])', 'references: [id], onDelete: Cascade)')
  .replace('title    String', 'title    String\n  likes    Int       @default(0)');

/** What Prisma's CLI does on every database system; the tests are the life of one project, in order. */
export function describeMigrations(system: DatabaseSystem): void {
  // Each start of the CLI takes a second or more, and a test starts it several times.
  vi.setConfig({ testTimeout: 90_000 });
  describe(`a project on ${system.provider}`, () => {
    let project: PrismaProject;
    let database: TestDatabase;
    const toSchema = ['--to-schema', 'prisma', '--exit-code'];

    beforeAll(async () => {
      database = await system.create();
      project = createProject({ provider: system.provider, url: database.url });
      project.write('prisma/models/user.prisma', userModel);
      project.write('prisma/models/post.prisma', postModel);
      project.write('prisma/extras.sql', system.extras);
    });
    afterAll(() => project.remove());

    test('migrate dev creates and applies the first migration, and then the extras that refer to its tables', async () => {
      const { exitCode, output } = await project.prisma(['migrate', 'dev', '--name', 'First One']);
      expect(output).toContain('Your database is now in sync with your schema.');
      expect(exitCode).toBe(0);
      expect(project.migrations()).toEqual([expect.stringMatching(/^\d{14}_first_one$/)]);
      expect(project.read('prisma/migrations/migration_lock.toml')).toContain(`provider = "${system.provider}"`);
      expect(await system.tables(database)).toEqual(['Post', 'User']);
      expect(await system.triggers(database)).toEqual(['post_checked']);
    });

    test('a migration is recorded with the SHA-256 of its file', async () => {
      const [name = ''] = project.migrations();
      const script = project.read(`prisma/migrations/${name}/migration.sql`);
      const rows = await migrationRows(database);
      expect(rows).toMatchObject([
        {
          migration_name: name,
          checksum: createHash('sha256').update(script).digest('hex'),
          rolled_back_at: null,
          logs: null,
          applied_steps_count: 1,
        },
      ]);
      expect(rows[0]?.finished_at).not.toBeNull();
    });

    test('migrate dev applies what it created before, keeps the rows and brings back what the extras put on a table', async () => {
      await database.query(`INSERT INTO "User" ("id", "email") VALUES (1, 'a@example.com')`);
      await database.query(`INSERT INTO "Post" ("id", "title", "authorId") VALUES (7, 'Kept', 1)`);
      project.write('prisma/models/post.prisma', changedPostModel);
      const create = await project.prisma(['migrate', 'dev', '--create-only', '--name', 'cascade']);
      expect(create.output).toContain('created the following migration without applying it');
      expect(await migrationRows(database)).toHaveLength(1);
      const apply = await project.prisma(['migrate', 'dev', '--name', 'nothing']);
      expect(apply.output).toContain('Your database is now in sync with your schema.');
      expect(apply.exitCode).toBe(0);
      expect(project.migrations()).toHaveLength(2);
      const script = project.read(`prisma/migrations/${project.migrations()[1]}/migration.sql`);
      expect(script.includes('-- RedefineTables')).toBe(system.provider === 'sqlite');
      expect(await database.query('SELECT "id", "title", "likes" FROM "Post"')).toEqual([
        { id: 7, title: 'Kept', likes: 0 },
      ]);
      expect(await system.triggers(database)).toEqual(['post_checked']);
      await database.query('DELETE FROM "User"');
      if (system.provider === 'postgresql') expect(await database.query('SELECT "id" FROM "Post"')).toEqual([]);
    });

    test('migrate diff finds no difference between schema, migrations and database, partial indexes included', async () => {
      const dev = await project.prisma(['migrate', 'dev', '--name', 'nothing']);
      expect(dev.output).toContain('Already in sync, no schema change or pending migration was found.');
      expect(project.migrations()).toHaveLength(2);
      for (const from of [['--from-migrations', 'prisma/migrations'], ['--from-config-datasource']]) {
        const diff = await project.prisma(['migrate', 'diff', ...from, ...toSchema]);
        expect(diff.stdout).toContain('No difference detected.');
        expect(diff.exitCode).toBe(0);
      }
    });

    test('migrate diff exits with 2 for what db execute has put into the database alone, and migrate dev wants a reset', async () => {
      const execute = await project.prisma(['db', 'execute', '--stdin'], {
        stdin: `ALTER TABLE "User" ADD COLUMN "stray" INTEGER; CREATE TABLE "Stray" ("id" INTEGER);`,
      });
      expect(execute.output).toContain('Script executed successfully.');
      const diff = await project.prisma(['migrate', 'diff', '--from-config-datasource', ...toSchema, '--script']);
      expect(diff.stdout).toMatch(/stray|new_User/);
      expect(diff.stdout).toContain('DROP TABLE "Stray"');
      expect(diff.exitCode).toBe(2);
      const dev = await project.prisma(['migrate', 'dev', '--name', 'more']);
      expect(dev.output).toContain('Drift detected');
      expect(dev.output).toContain('stray');
      expect(dev.exitCode).toBe(130);
    });

    test('migrate reset empties the database, applies the migrations and the extras', async () => {
      const { exitCode, output } = await project.prisma(['migrate', 'reset', '--force']);
      expect(output).toContain('Database reset successful');
      expect(exitCode).toBe(0);
      expect(await system.tables(database)).toEqual(['Post', 'User']);
      expect((await migrationRows(database)).map((row) => row.migration_name)).toEqual(project.migrations());
      expect(await system.triggers(database)).toEqual(['post_checked']);
    });

    test('migrate status fails until migrate deploy has migrated, once and with the extras, also twice at the same time', async () => {
      const fresh = await system.create();
      const before = await project.prisma(['migrate', 'status'], { url: fresh.url });
      expect(before.output).toContain('have not yet been applied');
      expect(before.exitCode).toBe(1);
      const deployments = await Promise.all(
        [1, 2].map(() => project.prisma(['migrate', 'deploy'], { url: fresh.url })),
      );
      expect(deployments.map(({ exitCode, output }) => (exitCode === 0 ? 0 : output))).toEqual([0, 0]);
      const rows = await migrationRows(fresh);
      expect(rows.map((row) => row.migration_name)).toEqual(project.migrations());
      expect(await system.triggers(fresh)).toEqual(['post_checked']);
      const after = await project.prisma(['migrate', 'status'], { url: fresh.url });
      expect(after.output).toContain('Database schema is up to date!');
      expect(after.exitCode).toBe(0);
    });

    test('migrate deploy leaves nothing of a migration that fails, and goes on after migrate resolve --rolled-back', async () => {
      const fresh = await system.create();
      const name = '20990101000000_broken';
      const script = 'CREATE TABLE "Half" ("id" INTEGER);\nINSERT INTO "Nowhere" VALUES (1);';
      project.write(`prisma/migrations/${name}/migration.sql`, script);
      try {
        const deploy = await project.prisma(['migrate', 'deploy'], { url: fresh.url });
        expect(deploy.output).toContain('P3018');
        expect(deploy.output).toContain(name);
        expect(deploy.output).toContain('Nowhere');
        expect(deploy.exitCode).toBe(1);
        const failed = (await migrationRows(fresh)).at(-1);
        expect(failed).toMatchObject({ migration_name: name, finished_at: null, applied_steps_count: 0 });
        expect(failed?.logs).toContain('Nowhere');
        expect(await system.tables(fresh)).toEqual(['Post', 'User']);
        expect(await system.triggers(fresh)).toEqual([]);

        project.write(`prisma/migrations/${name}/migration.sql`, 'CREATE TABLE "Half" ("id" INTEGER);');
        const tooEarly = await project.prisma(['migrate', 'deploy'], { url: fresh.url });
        expect(tooEarly.output).toContain('P3009');
        expect(tooEarly.exitCode).toBe(1);
        const resolve = await project.prisma(['migrate', 'resolve', '--rolled-back', name], { url: fresh.url });
        expect(resolve.output).toContain('marked as rolled back');
        const repaired = await project.prisma(['migrate', 'deploy'], { url: fresh.url });
        expect(repaired.output).toContain('All migrations have been successfully applied.');
        expect(await system.tables(fresh)).toEqual(['Half', 'Post', 'User']);
        expect(await system.triggers(fresh)).toEqual(['post_checked']);
      } finally {
        project.delete(`prisma/migrations/${name}`);
      }
    });

    test('migrate dev notices a migration that was edited after it was applied', async () => {
      const path = `prisma/migrations/${project.migrations()[0]}/migration.sql`;
      const script = project.read(path);
      project.write(path, `${script}\n-- edited\n`);
      try {
        const { exitCode, output } = await project.prisma(['migrate', 'dev', '--name', 'more']);
        expect(output).toContain('was modified after it was applied');
        expect(output).toContain(project.migrations()[0]);
        expect(exitCode).toBe(130);
      } finally {
        project.write(path, script);
      }
    });

    test('extras that fail make the command fail with their file and reason, and change nothing', async () => {
      const fresh = await system.create();
      project.write('prisma/extras.sql', `CREATE TABLE "Half" ("id" INTEGER);\nINSERT INTO "Nowhere" VALUES (1);`);
      try {
        const { exitCode, output } = await project.prisma(['migrate', 'deploy'], { url: fresh.url });
        expect(output).toMatch(/extras\.sql failed: .*Nowhere/s);
        expect(exitCode).toBe(1);
        expect(await system.tables(fresh)).toEqual(['Post', 'User']);
        expect(await migrationRows(fresh)).toHaveLength(2);
      } finally {
        project.write('prisma/extras.sql', system.extras);
      }
    });

    test('db push brings a database to the schema, and loses data only when it may', async () => {
      const fresh = await system.create();
      const first = await project.prisma(['db', 'push'], { url: fresh.url });
      expect(first.output).toContain('Your database is now in sync with your Prisma schema.');
      const second = await project.prisma(['db', 'push'], { url: fresh.url });
      expect(second.output).toContain('The database is already in sync with the Prisma schema.');

      await fresh.query('CREATE TABLE "Precious" ("id" INTEGER)');
      await fresh.query('INSERT INTO "Precious" VALUES (1)');
      const refused = await project.prisma(['db', 'push'], { url: fresh.url });
      expect(refused.output).toContain('You are about to drop the `Precious` table, which is not empty (1 rows)');
      expect(refused.exitCode).toBe(1);
      expect(await system.tables(fresh)).toContain('Precious');
      const forced = await project.prisma(['db', 'push', '--accept-data-loss'], { url: fresh.url });
      expect(forced.exitCode).toBe(0);
      expect(await system.tables(fresh)).toEqual(['Post', 'User']);
    });

    test('a baseline, migrate resolve --applied, takes over a database that was made without migrations', async () => {
      const fresh = await system.create();
      const [baseline = '', next = ''] = project.migrations();
      const file = `prisma/migrations/${baseline}/migration.sql`;
      await project.prisma(['db', 'execute', '--file', file], { url: fresh.url });
      const refused = await project.prisma(['migrate', 'deploy'], { url: fresh.url });
      expect(refused.output).toContain('P3005');
      expect(refused.exitCode).toBe(1);

      const resolve = await project.prisma(['migrate', 'resolve', '--applied', baseline], { url: fresh.url });
      expect(resolve.output).toContain('marked as applied');
      const status = await project.prisma(['migrate', 'status'], { url: fresh.url });
      expect(status.output).toContain(`have not yet been applied:\n${next}\n`);
      expect(status.output).not.toContain(baseline);
      await project.prisma(['migrate', 'deploy'], { url: fresh.url });
      const diff = await project.prisma(['migrate', 'diff', '--from-config-datasource', ...toSchema], {
        url: fresh.url,
      });
      expect(diff.stdout).toContain('No difference detected.');
      expect(diff.exitCode).toBe(0);
    });

    test('a migration that only the database has is named by migrate dev, and by migrate status beside a pending one', async () => {
      await project.prisma(['migrate', 'deploy']);
      const last = project.migrations().at(-1) ?? '';
      const file = `prisma/migrations/${last}/migration.sql`;
      const script = project.read(file);
      project.delete(`prisma/migrations/${last}`);
      try {
        const dev = await project.prisma(['migrate', 'dev', '--name', 'more']);
        expect(dev.output).toContain('missing from the local migrations directory');
        expect(dev.output).toContain(last);
        expect(dev.exitCode).toBe(130);

        project.write('prisma/migrations/20990101000000_other/migration.sql', 'SELECT 1;');
        const status = await project.prisma(['migrate', 'status']);
        expect(status.output).toContain(`not found locally in prisma/migrations:\n${last}`);
        expect(status.exitCode).toBe(1);
      } finally {
        project.delete('prisma/migrations/20990101000000_other');
        project.write(file, script);
      }
    });

    test('db pull writes the schema of a database, partial indexes included', async () => {
      const fresh = await system.create();
      await fresh.query('CREATE TABLE "Tag" ("id" INTEGER NOT NULL PRIMARY KEY, "label" TEXT NOT NULL, "old" INTEGER)');
      await fresh.query('CREATE INDEX "Tag_label_idx" ON "Tag" ("label") WHERE "old" IS NULL');
      const { exitCode, stdout } = await project.prisma(['db', 'pull', '--print', '--force'], { url: fresh.url });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/model Tag \{[^}]*label +String\b/);
      expect(stdout).toMatch(/@@index\(\[label\], where: /);
    });

    test('db execute passes on what the database says of a wrong script', async () => {
      project.write('wrong.sql', 'SELECT 1;\nINSERT INTO "Nowhere" VALUES (1);');
      const { exitCode, output } = await project.prisma(['db', 'execute', '--file', 'wrong.sql']);
      expect(output).toContain('Nowhere');
      expect(exitCode).toBe(1);
    });
  });
}
