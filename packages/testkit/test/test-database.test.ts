import { existsSync } from 'node:fs';
import { clients } from '@sheaf/client';
import { connect, rawSql, sql } from '@sheaf/db';
import { createTestDatabase, type TestProvider } from '@sheaf/testkit';
import { describe, expect, it } from 'vitest';

async function withConnection<T>(
  url: string,
  work: (db: Awaited<ReturnType<typeof open>>['sql']) => Promise<T>,
): Promise<T> {
  const connection = await open(url);
  try {
    return await work(connection.sql);
  } finally {
    await connection.close();
  }
}

const open = (url: string) => connect({ url, clients });
const addWorkspace = sql`INSERT INTO workspaces (slug, name, created_at) VALUES ('a', 'A', ${new Date()}) RETURNING id`;
const countWorkspaces = sql`SELECT count(*) AS count FROM workspaces`;

describe.each<TestProvider>(['sqlite', 'postgresql'])('a test database on %s', (provider) => {
  it('is migrated and empty, also when an earlier test has written to its database', async () => {
    for (let round = 0; round < 3; round += 1) {
      const database = await createTestDatabase(provider);
      await withConnection(database.url, async (db) => {
        expect(await db.one(countWorkspaces)).toEqual({ count: 0 });
        // Numbers begin anew as well.
        expect(await db.one(addWorkspace)).toEqual({ id: 1 });
        expect(await db.tableExists('_prisma_migrations')).toBe(true);
        expect(await db.all(rawSql('SELECT migration_name FROM _prisma_migrations'))).not.toEqual([]);
      });
      await database.drop();
      await database.drop();
    }
  });

  it('belongs to one test at a time', async () => {
    const [first, second] = await Promise.all([createTestDatabase(provider), createTestDatabase(provider)]);
    expect(first.url).not.toBe(second.url);
    await withConnection(first.url, (db) => db.all(addWorkspace));
    await withConnection(second.url, async (db) => expect(await db.one(countWorkspaces)).toEqual({ count: 0 }));
    await Promise.all([first.drop(), second.drop()]);
  });

  it('does not come back once a test has changed its schema', async () => {
    const database = await createTestDatabase(provider);
    await withConnection(database.url, (db) => db.execute(rawSql('ALTER TABLE workspaces ADD COLUMN motto TEXT')));
    await database.drop();
    const next = await createTestDatabase(provider);
    await withConnection(next.url, async (db) => {
      await expect(db.all(rawSql('SELECT motto FROM workspaces'))).rejects.toMatchObject({ code: 'db.query-failed' });
    });
    await next.drop();
  });
});

describe('dropping a test database', () => {
  it('ends the connections that are still on it', async () => {
    const database = await createTestDatabase('postgresql');
    const forgotten = await open(database.url);
    await forgotten.sql.all(addWorkspace);
    await database.drop();
    await forgotten.close();
    const next = await createTestDatabase('postgresql');
    await withConnection(next.url, async (db) => expect(await db.one(countWorkspaces)).toEqual({ count: 0 }));
    await next.drop();
  });

  it.each([
    ['many rows', 15_000, 32],
    ['large rows', 10, 2_000_000],
  ])('leaves the next test nothing of its %s', async (_, count, length) => {
    const filled = await createTestDatabase('postgresql');
    await withConnection(filled.url, (db) =>
      db.execute(sql`INSERT INTO workspaces (slug, name, created_at)
        SELECT 'slug ' || n, (SELECT string_agg(md5(n || ' ' || m), '') FROM generate_series(1, ${length} / 32) m), now()
        FROM generate_series(1, ${count}) n`),
    );
    await filled.drop();
    const next = await createTestDatabase('postgresql');
    await withConnection(next.url, async (db) => {
      expect(await db.one(countWorkspaces)).toEqual({ count: 0 });
      const left = await db.one<{ readonly dead: number; readonly bytes: number }>(sql`
        SELECT sum(n_dead_tup)::integer AS dead, max(pg_table_size(relid))::integer AS bytes FROM pg_stat_user_tables`);
      expect(left.dead).toBe(0);
      expect(left.bytes).toBeLessThan(5_000_000);
    });
    await next.drop();
  });

  it('removes the folder of a file', async () => {
    const database = await createTestDatabase('sqlite');
    expect(existsSync(database.url)).toBe(true);
    await database.drop();
    expect(existsSync(database.url)).toBe(false);
  });
});
