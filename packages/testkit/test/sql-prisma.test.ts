import { clients, type SheafClient } from '@sheaf/client';
import { type Connection, connect, rawSql, sql } from '@sheaf/db';
import { type OpenedData, openTestData } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe.each(['sqlite', 'postgresql'] as const)('the Prisma client beside the SQL port, on %s', (provider) => {
  let data: OpenedData;
  let db: Connection<SheafClient>;
  beforeAll(async () => {
    data = await openTestData({ provider, clients });
    db = await connect<SheafClient>({ url: data.url, clients });
  });
  afterAll(async () => {
    await db.close();
    await data.close();
  });

  const workspace = (slug: string): { readonly data: { slug: string; name: string; createdAt: Date } } => ({
    data: { slug, name: slug, createdAt: new Date('2026-01-02T03:04:05.678Z') },
  });
  const missing = rawSql('SELECT * FROM no_such_table');

  it('writes into the same transaction, and reads what the other wrote', async () => {
    await db.transaction(async (session) => {
      await session.client.workspace.create(workspace('a'));
      expect(await session.sql.one(sql`SELECT name, created_at FROM workspaces WHERE slug = ${'a'}`)).toEqual({
        name: 'a',
        created_at: new Date('2026-01-02T03:04:05.678Z'),
      });
      await session.sql.execute(sql`UPDATE workspaces SET name = ${'b'} WHERE slug = ${'a'}`);
      expect(await session.client.workspace.findUnique({ where: { slug: 'a' } })).toMatchObject({ name: 'b' });
      const nested = session.transaction(async ({ client }) => {
        await client.workspace.create(workspace('undone'));
        throw new Error('broken off');
      });
      await expect(nested).rejects.toThrow('broken off');
    });
    expect(await db.sql.all(sql`SELECT slug FROM workspaces WHERE slug IN (${['a', 'undone']})`)).toEqual([
      { slug: 'a' },
    ]);
  });

  it('cannot go on after a statement of the other has failed', async () => {
    const working = db.transaction(async (session) => {
      await expect(session.sql.all(missing)).rejects.toMatchObject({ code: 'db.query-failed' });
      await session.client.workspace.create(workspace('c'));
    });
    await expect(working).rejects.toMatchObject({ code: 'db.transaction-failed', cause: { code: 'db.query-failed' } });
    expect(await db.client.workspace.findUnique({ where: { slug: 'c' } })).toBeNull();
  });

  it('is not taken for committed when its failure was passed over', async () => {
    const working = db.transaction(async (session) => {
      await session.client.workspace.create(workspace('d'));
      await expect(session.client.workspace.create(workspace('d'))).rejects.toMatchObject({ code: 'P2002' });
      return 'done';
    });
    await expect(working).rejects.toMatchObject({
      code: 'db.transaction-failed',
      cause: { code: 'db.unique-violation' },
    });
    expect(await db.client.workspace.findUnique({ where: { slug: 'd' } })).toBeNull();
  });

  it('goes on after a failure in a nested transaction', async () => {
    await db.transaction(async (session) => {
      const nested = session.transaction(({ sql: inner }) => inner.all(missing));
      await expect(nested).rejects.toMatchObject({ code: 'db.query-failed' });
      await session.client.workspace.create(workspace('e'));
    });
    expect(await db.client.workspace.findUnique({ where: { slug: 'e' } })).toMatchObject({ name: 'e' });
  });

  it('refuses to write in a transaction that only reads', async () => {
    const working = db.transaction(({ client }) => client.workspace.create(workspace('f')), { isReadOnly: true });
    await expect(working).rejects.toMatchObject({ code: 'db.read-only' });
    expect(
      await db.transaction(({ client }) => client.workspace.count({ where: { slug: 'f' } }), { isReadOnly: true }),
    ).toBe(0);
  });

  it('has its own transactions as before', async () => {
    await db.client.$transaction(async (client) => {
      await client.workspace.create(workspace('g'));
      await client.workspace.update({ where: { slug: 'g' }, data: { name: 'h' } });
    });
    expect(await db.sql.one(sql`SELECT name FROM workspaces WHERE slug = ${'g'}`)).toEqual({ name: 'h' });
  });
});
