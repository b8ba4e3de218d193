import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { connect, inspectMigrations, type Sql, sql } from '@sheaf/db';
import { createDatabase, createTempFolder, createTestDatabase, databaseUrl, dropDatabase } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { describe, expect, onTestFinished, test } from 'vitest';

type Provider = 'sqlite' | 'postgresql';

async function emptyDatabase(provider: Provider): Promise<string> {
  if (provider === 'sqlite') {
    const folder = await createTempFolder('start');
    onTestFinished(() => folder.remove());
    return join(folder.path, 'test.db');
  }
  const neighbour = await createTestDatabase(provider);
  const name = `sheaf_start_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(neighbour.url, name);
  onTestFinished(async () => {
    await dropDatabase(neighbour.url, name);
    await neighbour.drop();
  });
  return databaseUrl(neighbour.url, name);
}

async function withConnection<T>(
  url: string,
  work: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const connection = await connect({ url, clients });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

describe.each<Provider>(['sqlite', 'postgresql'])('starting on %s', (provider) => {
  const start = async (url: string, migrate: 'auto' | 'check' | 'off'): Promise<void> =>
    (await createSheaf({ url, migrate })).close();

  test('migrates an empty database, unless it is only to check', async () => {
    const url = await emptyDatabase(provider);
    await expect(start(url, 'check')).rejects.toMatchObject({ code: 'db.not-migrated' });
    expect(await withConnection(url, inspectMigrations)).toMatchObject({ applied: [] });
    await start(url, 'auto');
    expect(await withConnection(url, inspectMigrations)).toMatchObject({ pending: [] });
    await start(url, 'check');
  });

  const record = (name: string, isFinished: boolean): Sql => {
    const now = new Date('2026-01-02T03:04:05.678Z');
    return sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at)
      VALUES (${name}, 'x', ${name}, ${now}, ${isFinished ? now : null})`;
  };

  test.each([
    ['of a newer version', record('9999_later', true), 'db.database-newer'],
    ['of another app', record('0000_other', true), 'db.migration-unknown'],
    ['with a migration that failed', record('9999_later', false), 'db.migration-unfinished'],
    ['with a migration that was edited', sql`UPDATE _prisma_migrations SET checksum = 'x'`, 'db.migration-edited'],
  ])('refuses a database %s', async (_, fault, code) => {
    const url = await emptyDatabase(provider);
    await start(url, 'auto');
    await withConnection(url, (connection) => connection.sql.execute(fault));
    await expect(start(url, 'auto')).rejects.toMatchObject({ code });
    await expect(start(url, 'check')).rejects.toMatchObject({ code });
    await start(url, 'off');
  });
});
