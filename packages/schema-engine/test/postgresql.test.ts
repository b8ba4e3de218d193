import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectAddedTable } from './support/diff-case.ts';
import { describeMigrations } from './support/migration-contract.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { createPostgresSystem } from './support/postgres-system.ts';
import { createProject } from './support/prisma-project.ts';
import { commandError, runEngine, startEngine } from './support/run-engine.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

const filters = { externalTables: [], externalEnums: [] };

/** A history of one migration, as the CLI reads it from a folder. */
function migrationList(name: string, script: string): object {
  return {
    baseDir: '/nowhere/migrations',
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    migrationDirectories: [
      { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } } },
    ],
    shadowDbInitScript: '',
  };
}

const shadowDatabases = async (): Promise<readonly unknown[]> =>
  server.query("SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'");

describeMigrations(createPostgresSystem(() => server));

test('the script from one schema to another makes what is new', async () =>
  expectAddedTable('postgresql', server.urlOf(await server.createDatabase())));

describe('a PostgreSQL server', () => {
  const change = (url: string, edit: (url: URL) => void): string => {
    const changed = new URL(url);
    edit(changed);
    return changed.href;
  };

  test('that refuses the password is P1000', async () => {
    const url = change(server.urlOf('postgres'), (it) => {
      it.password = 'not-this-one';
    });
    const { code, message } = await commandError('can-connect-to-database', url);
    expect(code).toBe('P1000');
    expect(message).toContain('`postgres`');
  });

  test('without the database is P1003; create-database makes it with its schema, drop-database removes it', async () => {
    const name = `made_by_engine_${process.pid}`;
    const url = `${server.urlOf(name)}?schema=other+place`;
    const datasource = ['--datasource', JSON.stringify({ url })];
    expect(await commandError('can-connect-to-database', url)).toMatchObject({
      code: 'P1003',
      message: expect.stringContaining(name),
    });
    expect((await runEngine([...datasource, 'cli', 'create-database'])).exitCode).toBe(0);
    expect((await runEngine([...datasource, 'cli', 'can-connect-to-database'])).exitCode).toBe(0);
    expect(await server.query("SELECT 1 AS one FROM pg_namespace WHERE nspname = 'other place'", name)).toEqual([
      { one: 1 },
    ]);
    expect((await commandError('create-database', url)).code).toBe('P1009');
    expect((await runEngine([...datasource, 'cli', 'drop-database'])).exitCode).toBe(0);
    expect((await commandError('can-connect-to-database', url)).code).toBe('P1003');
  });

  test('never sees its password in what the CLI prints, even if it is in a message of the server', async () => {
    const role = `role_${process.pid}`;
    const password = 'correct horse%battery';
    await server.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
    const urlWith = (word: string): string =>
      change(server.urlOf('postgres'), (it) => {
        it.username = role;
        it.password = encodeURIComponent(word);
      });
    const project = createProject({ provider: 'postgresql', url: urlWith(password) });
    project.write('prisma/models.prisma', 'model A {\n  id Int @id\n}\n');
    const script = { stdin: `SELECT '${password}'::int, 'postgresql://me:${password.replace(' ', '')}@host/db'` };
    try {
      const failing = await project.prisma(['db', 'execute', '--stdin'], script);
      expect(failing.output).toContain('invalid input syntax for type integer: "<REDACTED>"');
      expect(failing.output).not.toContain(password);
      const refused = await project.prisma(['db', 'execute', '--stdin'], { ...script, url: urlWith('wrong horse') });
      expect(refused.output).toContain('P1000');
      expect(refused.output).toContain(role);
      expect(refused.output).not.toMatch(/wrong( |%20)horse/);
      expect(refused.exitCode).toBe(1);
    } finally {
      project.remove();
      await server.query(`DROP ROLE ${role}`);
    }
  });

  test('has its words on a failing migration in the answer and in the record, whatever the kind of failure', async () => {
    const name = await server.createDatabase();
    const script = `CREATE TABLE "A" ("id" INTEGER);\nINSERT INTO "A" VALUES ('one');`;
    const migrationsList = migrationList('1_first', script);
    const { stdout } = await runEngine(
      ['--datasource', JSON.stringify({ url: server.urlOf(name) })],
      [{ jsonrpc: '2.0', id: 1, method: 'applyMigrations', params: { migrationsList, filters } }],
    );
    expect(JSON.parse(stdout)).toMatchObject({ error: { data: { is_panic: false, error_code: 'P3018' } } });
    for (const words of ['1_first', '22P02', 'invalid input syntax for type integer', 'LINE: 2']) {
      expect(stdout).toContain(words);
    }
    expect(await server.query('SELECT migration_name, finished_at, logs FROM _prisma_migrations', name)).toEqual([
      {
        migration_name: '1_first',
        finished_at: null,
        logs: expect.stringMatching(/^(?!.*WASM_ERROR).*invalid input syntax for type integer/s),
      },
    ]);
    expect(await server.query("SELECT tablename FROM pg_tables WHERE tablename = 'A'", name)).toEqual([]);
  });

  test('has no shadow database left after the commands above', async () => {
    expect(await shadowDatabases()).toEqual([]);
  });

  test('has no shadow database left when the engine is ended amid the work', async () => {
    const url = server.urlOf(await server.createDatabase());
    const engine = startEngine(['--datasource', JSON.stringify({ url })]);
    const migrations = { tag: 'migrations', ...migrationList('1_slow', 'SELECT pg_sleep(60);') };
    const params = { from: migrations, to: { tag: 'empty' }, script: false, exitCode: null, filters };
    engine.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'diff', params })}\n`);
    await vi.waitFor(async () => expect(await shadowDatabases()).toHaveLength(1), { timeout: 10_000, interval: 50 });
    engine.kill('SIGTERM');
    await once(engine, 'exit');
    expect(await shadowDatabases()).toEqual([]);
  });

  test('takes the migrations into the schema of the URL, through a shadow database of the user if there is one', async () => {
    const main = await server.createDatabase();
    const shadow = await server.createDatabase();
    const project = createProject({ provider: 'postgresql', url: `${server.urlOf(main)}?schema=other` });
    // A body with semicolons, and a table left in the shadow database by somebody.
    const script = `CREATE FUNCTION one() RETURNS int AS $$ BEGIN RETURN 1; END; $$ LANGUAGE plpgsql;
CREATE TABLE "A" ("id" INTEGER NOT NULL, "text" TEXT NOT NULL DEFAULT 'a;b', CONSTRAINT "A_pkey" PRIMARY KEY ("id"));`;
    project.write('prisma/models.prisma', 'model A {\n  id Int @id\n  text String @default("a;b")\n}\n');
    project.write('prisma/migrations/1_first/migration.sql', script);
    project.write('prisma/migrations/migration_lock.toml', 'provider = "postgresql"\n');
    await server.query('CREATE SCHEMA other CREATE TABLE leftover (id int)', shadow);
    try {
      const deploy = await project.prisma(['migrate', 'deploy']);
      expect(deploy.output).toContain('All migrations have been successfully applied.');
      expect(
        await server.query(`SELECT other.one() AS one, (SELECT count(*) FROM other."A")::int AS rows`, main),
      ).toEqual([{ one: 1, rows: 0 }]);
      const diff = await project.prisma(
        ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma', '--exit-code'],
        { shadowUrl: server.urlOf(shadow) },
      );
      expect(diff.stdout).toContain('No difference detected.');
      expect(await server.query("SELECT tablename FROM pg_tables WHERE schemaname = 'other'", shadow)).toEqual([
        { tablename: 'A' },
      ]);
    } finally {
      project.remove();
    }
  });
});
