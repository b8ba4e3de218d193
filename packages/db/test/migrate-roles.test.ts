import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { applyMigrations, findDrift, findMissingExtras, inspectMigrations, rawSql } from '../src/index.ts';
import { prisma } from './migrate-programs.ts';
import { emptyDatabase, openDatabase } from './migrate-support.ts';

// Each start of the CLI takes a second or more.
vi.setConfig({ testTimeout: 90_000 });

const provider = 'postgresql';

interface OwnSchema {
  /** As a login that owns the schema and has no rights besides. */
  readonly url: string;
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
    `CREATE ROLE ${login} LOGIN NOINHERIT PASSWORD 'x'`,
    `GRANT sheaf_app, sheaf_engine, sheaf_admin TO ${login}`,
    `CREATE SCHEMA books AUTHORIZATION ${login}`,
  );
  onTestFinished(() => run(`DROP OWNED BY ${login} CASCADE`, `DROP ROLE ${login}`));
  return { url: Object.assign(new URL(url), { username: login, password: 'x' }).href };
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
});
