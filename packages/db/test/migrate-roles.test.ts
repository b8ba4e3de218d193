import { randomUUID } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  applyMigrations,
  type Connection,
  findDrift,
  findMissingExtras,
  inspectMigrations,
  rawSql,
  shippedSchemaFolder,
} from '../src/index.ts';
import { prisma, schemaFolder } from './migrate-programs.ts';
import { emptyDatabase, openDatabase, temporaryFolder } from './migrate-support.ts';

// Each start of the CLI takes a second or more.
vi.setConfig({ testTimeout: 90_000 });

const provider = 'postgresql';

interface OwnSchema {
  /** As a login that owns the schema and has no rights besides. */
  readonly url: string;
  /** As an administrator, who sees all rows. */
  readonly administrator: Connection<unknown>;
}

/** A schema in a database of somebody else. */
async function ownSchema(): Promise<OwnSchema> {
  const url = `${await emptyDatabase(provider)}?schema=books`;
  const administrator = await openDatabase(url);
  const login = `owner_${randomUUID().replaceAll('-', '')}`;
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await administrator.sql.execute(rawSql(statement));
  };
  await run(
    `CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD 'pass-word'`,
    `GRANT sheaf_app, sheaf_engine, sheaf_admin TO ${login}`,
    `CREATE SCHEMA books AUTHORIZATION ${login}`,
  );
  onTestFinished(() => run(`DROP OWNED BY ${login} CASCADE`, `DROP ROLE ${login}`));
  return { url: Object.assign(new URL(url), { username: login, password: 'pass-word' }).href, administrator };
}

/** The shipped schema folder with one more migration. */
async function folderWith(script: string): Promise<string> {
  const folder = await temporaryFolder();
  const filter = (path: string): boolean => !path.endsWith('models');
  await cp(join(shippedSchemaFolder(), provider), join(folder, provider), { recursive: true, filter });
  const migration = join(folder, provider, 'migrations/20990101000000_later');
  await mkdir(migration);
  await writeFile(join(migration, 'migration.sql'), script);
  return folder;
}

const routes = {
  async 'the runner'(url: string, folder?: string): Promise<void> {
    await applyMigrations(await openDatabase(url), { folder });
  },
  async 'Prisma’s CLI'(url: string, folder?: string): Promise<void> {
    await prisma({ provider, url, ...(folder === undefined ? {} : { folder }) }, 'migrate', 'deploy');
  },
};

describe.each(['the runner', 'Prisma’s CLI'] as const)('an owner without further rights, by %s', (route) => {
  const migrate = routes[route];

  test('makes the shipped schema whole', async () => {
    const { url } = await ownSchema();
    await migrate(url);
    const connection = await openDatabase(url);
    expect(await inspectMigrations(connection)).toMatchObject({ pending: [], failed: [], edited: [] });
    expect(await findMissingExtras(connection)).toEqual([]);
    expect(await findDrift(connection)).toEqual([]);
    expect(await prisma({ provider, url }, 'migrate', 'status')).toContain('Database schema is up to date!');
  });

  test('changes rows of all workspaces in a migration, which are closed again at its end', async () => {
    const { url, administrator } = await ownSchema();
    await migrate(url);
    await administrator.runScript(({ exec }) =>
      exec(`INSERT INTO workspaces (slug, name, created_at) VALUES ('red', 'Red', now()), ('blue', 'Blue', now());
        INSERT INTO contents (workspace_id, hash, size, storage, created_at, touched_at)
          SELECT id, 'h', 1, 'database', now(), now() FROM workspaces`),
    );
    const folder = await folderWith('UPDATE contents SET size = 2;');
    await migrate(url, folder);
    expect(await administrator.sql.all(rawSql('SELECT size FROM contents'))).toEqual([{ size: 2 }, { size: 2 }]);
    const connection = await openDatabase(url);
    expect(await connection.sql.all(rawSql('SELECT size FROM contents'))).toEqual([]);
    expect(await findMissingExtras(connection, { folder })).toEqual([]);
  });

  test('finds a table of its own closed as its migration has left it, without extras', async () => {
    const { url, administrator } = await ownSchema();
    const tables = `CREATE TABLE notes (id integer PRIMARY KEY, text text);
      INSERT INTO notes VALUES (1, 'old');
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`;
    const migrations = { '1_tables': tables, '2_rows': `UPDATE notes SET text = 'new';` };
    await migrate(url, await schemaFolder({ provider, migrations: { '1_tables': tables } }));
    await migrate(url, await schemaFolder({ provider, migrations }));
    const notes = async () => ({
      rows: await administrator.sql.all(rawSql('SELECT text FROM notes')),
      seen: await (await openDatabase(url)).sql.all(rawSql('SELECT text FROM notes')),
    });
    expect(await notes()).toEqual({ rows: [{ text: 'new' }], seen: [] });
    const wrong = `-- In vain.\nUPDATE notes SET text = 'newer';\nUPDATE nowhere SET text = 'x';`;
    const folder = await schemaFolder({ provider, migrations: { ...migrations, '3_wrong': wrong } });
    await expect(migrate(url, folder)).rejects.toThrow(/relation "nowhere" does not exist(?:\nLINE: 3\b|$)/);
    expect(await notes()).toEqual({ rows: [{ text: 'new' }], seen: [] });
  });
});

test('a migration of a kind that no transaction can hold is left as it is by Prisma’s CLI', async () => {
  const { url } = await ownSchema();
  const migrations = {
    '1_tables': 'CREATE TABLE notes (id integer PRIMARY KEY, "update" integer REFERENCES notes ON DELETE CASCADE);',
    '2_index': `-- Which UPDATE statements need.\nCREATE INDEX CONCURRENTLY notes_update ON notes ("update");`,
  };
  await routes['Prisma’s CLI'](url, await schemaFolder({ provider, migrations }));
  const indexes = await (await openDatabase(url)).sql.all(
    rawSql(`SELECT 1 FROM pg_indexes WHERE indexname = 'notes_update'`),
  );
  expect(indexes).toHaveLength(1);
});
