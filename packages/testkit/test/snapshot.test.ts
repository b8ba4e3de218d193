import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { harnesses } from './harnesses.ts';

const slugs = sql`SELECT slug FROM workspaces ORDER BY slug`;

describe.each(harnesses)('a snapshot on $name', (harness) => {
  it('sees one state, and only reads', async () => {
    const data = await harness.open();
    const { connection, service } = data;
    await service.workspaces.create({ slug: 'one' });
    const seen = await connection.snapshot(async (db) => {
      const before = await db.all(slugs);
      // In memory there is one connection, which the snapshot has.
      if (harness.provider !== 'sqlite-memory') await service.workspaces.create({ slug: 'two' });
      return [before, await db.all(slugs)];
    });
    expect(seen).toEqual([[{ slug: 'one' }], [{ slug: 'one' }]]);
    await expect(connection.snapshot((db) => db.execute(sql`DELETE FROM workspaces`))).rejects.toThrow(/only|read/i);
    expect(await connection.sql.all(slugs)).toContainEqual({ slug: 'one' });
    await data.close();
  });

  it('is the state of the transaction, inside one', async () => {
    const data = await harness.open();
    const seen = await data.connection.transaction(async (session) => {
      await session.sql.execute(
        sql`INSERT INTO workspaces (slug, name, created_at) VALUES ('new', 'n', ${new Date()})`,
      );
      return session.snapshot((db) => db.all(slugs));
    });
    expect(seen).toEqual([{ slug: 'new' }]);
    await data.close();
  });
});
