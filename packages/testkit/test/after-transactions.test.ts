import { setImmediate as turn } from 'node:timers/promises';
import { clients, type SheafClient } from '@sheaf/client';
import { type Connection, connect, sql } from '@sheaf/db';
import { type OpenedData, openTestData } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Change = (client: SheafClient) => Promise<unknown>;

/** Where work stands in a transaction, and how many turns of the event loop after its beginning the transaction ends. */
const TURNS = Array.from({ length: 30 }, (_, turns) => turns);

// One connection only: whatever reaches it after the end of a transaction is seen by the next.
describe.each(['sqlite', 'postgresql'] as const)('work that nobody waits for, on %s', (provider) => {
  let data: OpenedData;
  let db: Connection<SheafClient>;
  let workspaceId: number;
  beforeAll(async () => {
    data = await openTestData({ provider, clients });
    db = await connect<SheafClient>({ url: data.url, clients, pool: { max: 1 } });
    const createdAt = new Date('2026-01-02T03:04:05.678Z');
    ({ id: workspaceId } = await db.client.workspace.create({ data: { slug: 'w', name: 'before', createdAt } }));
    await db.client.source.create({
      data: {
        workspaceId,
        id: 's',
        kind: 'k',
        uri: 'u',
        uriHash: 'h',
        name: 'before',
        createdAt,
        updatedAt: createdAt,
      },
    });
  });
  afterAll(async () => {
    await db.close();
    await data.close();
  });

  /** Two statements of one call. */
  const rename: Change = (client) =>
    client.workspace.update({
      where: { id: workspaceId },
      data: { name: 'after', sources: { updateMany: { where: {}, data: { name: 'after' } } } },
    });
  const names = (): Promise<unknown> =>
    db.sql.one(
      sql`SELECT w.name AS workspace, s.name AS source FROM workspaces w JOIN sources s ON s.workspace_id = w.id`,
    );

  const transactions = {
    'a transaction of a connection': (change: (client: SheafClient) => Promise<never>) =>
      db.transaction(({ client }) => change(client)),
    'a transaction of the Prisma client': (change: (client: SheafClient) => Promise<never>) =>
      db.client.$transaction((client) => change(client as SheafClient)),
    'a transaction of the Prisma client of a role': (change: (client: SheafClient) => Promise<never>) =>
      db.as('admin').client.$transaction((client) => change(client as SheafClient)),
  };

  it.each(Object.entries(transactions))('is undone with %s or refused', async (_, begin) => {
    for (const turns of TURNS) {
      let left: Promise<unknown> | undefined;
      const working = begin(async (client) => {
        left = rename(client);
        left.catch(() => {});
        for (let passed = 0; passed < turns; passed += 1) await turn();
        throw new Error('broken off');
      });
      await expect(working).rejects.toThrow('broken off');
      await left?.catch(() => {});
      expect({ turns, names: await names() }).toEqual({ turns, names: { workspace: 'before', source: 'before' } });
    }
  });
});
