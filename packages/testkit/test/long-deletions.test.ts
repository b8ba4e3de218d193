import { setTimeout as sleep } from 'node:timers/promises';
import { clients } from '@sheaf/client';
import { systemClock } from '@sheaf/core';
import { connect, createDataService, type PrismaClientPort, sql } from '@sheaf/db';
import { openTestData } from '@sheaf/testkit';
import { describe, expect, it } from 'vitest';
import { harnesses } from './harnesses.ts';

// A database in memory has one connection only.
describe.each(harnesses.filter(({ provider }) => provider !== 'sqlite-memory'))('deletions on $name', ({ open }) => {
  it('take longer than other transactions may', async () => {
    const data = await open();
    const connection = await connect<PrismaClientPort>({ url: data.url, clients, transactionTimeoutMs: 100 });
    try {
      await expect(connection.transaction(() => sleep(300))).rejects.toThrow();
      await data.scope('red');
      const slow = createDataService({
        session: {
          as(role) {
            const session = connection.as(role);
            return {
              ...session,
              transaction: (work, options) =>
                session.transaction(async (inner) => {
                  await sleep(300);
                  return work(inner);
                }, options),
            };
          },
        },
        clock: systemClock,
      });
      expect((await slow.workspaces.delete('red')).deleted).toEqual({ workspaces: 1 });
      expect(await data.service.workspaces.find('red')).toBeUndefined();
    } finally {
      await connection.close();
      await data.close();
    }
  });
});

it('a deletion that PostgreSQL gives up for another transaction is done again', async () => {
  const data = await openTestData({ provider: 'postgresql', clients });
  try {
    const { documents } = await data.repositories('red');
    await documents.register([{ uri: 'http://a.test/' }], { method: 'crawl' });
    const { deleting } = await data.connection.transaction(async ({ sql: inner }) => {
      await inner.all(sql`SELECT id FROM documents FOR UPDATE`);
      const deleting = data.service.workspaces.delete('red');
      deleting.catch(() => {});
      const waiting = sql`SELECT count(*) AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await expect.poll(() => data.connection.sql.one(waiting)).toEqual({ n: 1 });
      // Each now waits for the other; the deletion, which has waited longer, finds out.
      await inner.all(sql`SELECT id FROM workspaces FOR UPDATE`);
      return { deleting };
    });
    expect(await deleting).toMatchObject({ deleted: { workspaces: 1, documents: 1 } });
  } finally {
    await data.close();
  }
});
