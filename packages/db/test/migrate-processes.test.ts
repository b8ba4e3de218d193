import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { applyMigrations, type Provider, pendingMigrations, sql } from '../src/index.ts';
import { emptyDatabase, openDatabase, PROVIDERS, withDatabase } from './migrate-support.ts';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Migrates a database in a process of its own; gives the names of what that process applied. */
async function migrateInProcess(url: string): Promise<readonly string[]> {
  const fixture = fileURLToPath(new URL('./fixtures/migrate.ts', import.meta.url));
  const { stdout } = await run(process.execPath, ['--conditions=@sheaf/source', fixture, url]);
  return JSON.parse(stdout);
}

/** Prisma's own CLI with this repository's configuration; rejects when the command fails. */
async function prisma(url: string, ...args: readonly string[]): Promise<string> {
  const cli = createRequire(new URL('../../client/package.json', import.meta.url)).resolve('prisma/build/index.js');
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    SHEAF_DATABASE_URL: url,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    NO_COLOR: '1',
  };
  const { stdout } = await run(process.execPath, [cli, ...args], { cwd: repository, env });
  return stdout;
}

const cliUrl = (provider: Provider, url: string): string => (provider === 'sqlite' ? `file:${url}` : url);

describe.each(PROVIDERS)('migrating on %s', (provider) => {
  test('of several processes at once, one applies each migration and the others wait for it', async () => {
    const url = await emptyDatabase(provider);
    const applied = await Promise.all([migrateInProcess(url), migrateInProcess(url), migrateInProcess(url)]);
    const connection = await openDatabase(url);
    const recorded = await connection.sql.all<{ name: string }>(
      sql`SELECT migration_name AS name FROM _prisma_migrations ORDER BY 1`,
    );
    expect(recorded.length).toBeGreaterThan(0);
    expect(applied.flat().sort()).toEqual(recorded.map(({ name }) => name));
    expect(await pendingMigrations(connection)).toEqual([]);
  });

  test('Prisma finds nothing left to do on what was applied here', async () => {
    const url = await emptyDatabase(provider);
    // `deploy` wants an SQLite file for itself.
    await withDatabase(url, (connection) => applyMigrations(connection));
    expect(await prisma(cliUrl(provider, url), 'migrate', 'status')).toContain('Database schema is up to date!');
    expect(await prisma(cliUrl(provider, url), 'migrate', 'deploy')).toContain('No pending migrations to apply.');
  });

  test('what Prisma applied is accepted here, and recorded in the same form', async () => {
    const [theirs, ours] = [await emptyDatabase(provider), await emptyDatabase(provider)];
    await prisma(cliUrl(provider, theirs), 'migrate', 'deploy');
    const recordOf = async (url: string): Promise<unknown> =>
      withDatabase(url, async (connection) => {
        await applyMigrations(connection);
        return connection.sql.one(
          provider === 'sqlite'
            ? sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                typeof(started_at) AS started, typeof(finished_at) AS finished,
                length(started_at) AS started_length, length(finished_at) AS finished_length
              FROM _prisma_migrations ORDER BY migration_name LIMIT 1`
            : sql`SELECT migration_name, checksum, logs, rolled_back_at, applied_steps_count, length(id) AS id_length,
                started_at <= finished_at AS is_in_order, now() - finished_at < interval '5 minutes' AS is_now
              FROM _prisma_migrations ORDER BY migration_name LIMIT 1`,
        );
      });
    await withDatabase(theirs, async (connection) => {
      expect(await pendingMigrations(connection)).toEqual([]);
      expect(await applyMigrations(connection)).toEqual({ applied: [] });
      expect(await connection.sql.one(sql`SELECT count(*) AS count FROM documents`)).toEqual({ count: 0 });
    });
    expect(await recordOf(ours)).toEqual(await recordOf(theirs));
  });
});
