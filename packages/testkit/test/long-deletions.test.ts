import { setTimeout as sleep } from 'node:timers/promises';
import { clients } from '@sheaf/client';
import { systemClock } from '@sheaf/core';
import { connect, createDataService, type PrismaClientPort } from '@sheaf/db';
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
