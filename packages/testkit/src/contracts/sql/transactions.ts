import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@sheaf/db';
import { sql } from '@sheaf/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { expectRejections } from './expect-rejections.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

type AnySession = Session<unknown>;

/** What is done together, and what a failure undoes. */
export function sqlTransactionsContract(harness: ContractHarness): void {
  describe(`transactions by SQL (${harness.name})`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
    });
    afterAll(() => data.close());
    beforeEach(() => data.db.execute(sql`DELETE FROM kinds`));

    const add = (session: Pick<AnySession, 'sql'>, id: number): Promise<number> =>
      session.sql.execute(sql`INSERT INTO kinds (id) VALUES (${id})`);
    const ids = async (session: Pick<AnySession, 'sql'> = data.connection): Promise<unknown[]> =>
      (await session.sql.all(sql`SELECT id FROM kinds ORDER BY id`)).map(({ id }) => id);
    const broken = new Error('broken off');
    const breakOff = async (): Promise<never> => {
      throw broken;
    };

    it('do all or nothing', async () => {
      const { connection } = data;
      expect(await connection.transaction(async (session) => (await add(session, 1)) + (await add(session, 2)))).toBe(
        2,
      );
      await expect(
        connection.transaction(async (session) => {
          await add(session, 3);
          return breakOff();
        }),
      ).rejects.toBe(broken);
      expect(await ids()).toEqual([1, 2]);
    });

    it('nest: a failing one undoes its own part, at every depth', async () => {
      await data.connection.transaction(async (one) => {
        await add(one, 1);
        await one.transaction(async (two) => {
          await add(two, 2);
          const three = two.transaction(async (session) => {
            await add(session, 3);
            await session.transaction((four) => add(four, 4));
            expect(await ids(session)).toEqual([1, 2, 3, 4]);
            return breakOff();
          });
          await expect(three).rejects.toBe(broken);
          expect(await ids(two)).toEqual([1, 2]);
          await two.transaction((session) => add(session, 5));
        });
        await expect(one.transaction(breakOff)).rejects.toBe(broken);
      });
      expect(await ids()).toEqual([1, 2, 5]);
    });

    it('go on after a statement that failed in a nested one', async () => {
      await data.connection.transaction(async (one) => {
        await add(one, 1);
        await expect(one.transaction((two) => add(two, 1))).rejects.toMatchObject({ code: 'db.unique-violation' });
        await add(one, 2);
      });
      expect(await ids()).toEqual([1, 2]);
    });

    it('cannot go on after a statement that failed in themselves, nor be committed', async () => {
      const work = async (session: AnySession): Promise<string> => {
        await add(session, 1);
        await expect(add(session, 1)).rejects.toMatchObject({ code: 'db.unique-violation' });
        const next = [add(session, 2), session.sql.all(sql`SELECT 1`), session.transaction((inner) => add(inner, 3))];
        await expectRejections(next, { code: 'db.transaction-failed', cause: expect.any(Error) });
        return 'as if nothing had happened';
      };
      const failure = { code: 'db.transaction-failed' };
      await expect(data.connection.transaction(work)).rejects.toMatchObject(failure);
      // So in a nested one: the outer one may go on.
      await data.connection.transaction(async (outer) => {
        await expect(outer.transaction(work)).rejects.toMatchObject(failure);
        await add(outer, 9);
      });
      expect(await ids()).toEqual([9]);
    });

    it('go on after what was refused before the database saw it', async () => {
      await data.connection.transaction(async (session) => {
        await expect(session.sql.all(sql`SELECT ${Number.NaN}`)).rejects.toMatchObject({ code: 'db.invalid-value' });
        await expect(session.sql.query('SELECT :a')).rejects.toMatchObject({ code: 'db.missing-parameter' });
        await expect(session.sql.one(sql`SELECT id FROM kinds`)).rejects.toMatchObject({ code: 'db.no-row' });
        await add(session, 1);
      });
      expect(await ids()).toEqual([1]);
    });

    it('nested at the same time run one after the other, each undone by itself', async () => {
      await data.connection.transaction(async (outer) => {
        const order: string[] = [];
        const sibling = (name: string, id: number, end: () => Promise<unknown>): Promise<unknown> =>
          outer.transaction(async (session) => {
            order.push(`${name} begins`);
            await add(session, id);
            await sleep(5);
            await session.transaction((inner) => add(inner, id + 100));
            order.push(`${name} ends`);
            return end();
          });
        const results = await Promise.allSettled([
          sibling('a', 1, async () => 'a'),
          sibling('b', 2, breakOff),
          add(outer, 50).then(() => order.push('beside')),
          sibling('c', 3, async () => 'c'),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
        expect(order.filter((entry) => entry !== 'beside')).toEqual([
          'a begins',
          'a ends',
          'b begins',
          'b ends',
          'c begins',
          'c ends',
        ]);
      });
      // What was asked beside them is undone with none of them.
      expect(await ids()).toEqual([1, 3, 50, 101, 103]);
    });

    it('take what nested work asks of the session outside for a part of the nested one', async () => {
      await data.connection.transaction(async (outer) => {
        const nested = outer.transaction(async () => {
          await add(outer, 1);
          await outer.transaction((inner) => add(inner, 2));
          expect(await ids(outer)).toEqual([1, 2]);
          return breakOff();
        });
        await expect(nested).rejects.toBe(broken);
        expect(await ids(outer)).toEqual([]);
      });
    });

    it('wait for nested ones that nobody waited for', async () => {
      let nested: Promise<unknown> | undefined;
      await data.connection.transaction(async (outer) => {
        nested = outer.transaction(async (session) => {
          await sleep(5);
          await add(session, 1);
        });
      });
      await nested;
      expect(await ids()).toEqual([1]);
    });

    it('refuse all use after their end, at every depth', async () => {
      let kept: AnySession[] = [];
      await data.connection.transaction(async (outer) => {
        await outer.transaction(async (inner) => {
          kept = [outer, inner];
        });
        const [, inner] = kept as [AnySession, AnySession];
        await expect(add(inner, 1)).rejects.toMatchObject({ code: 'db.transaction-ended' });
        await add(outer, 2);
      });
      for (const session of kept) {
        await expect(add(session, 3)).rejects.toMatchObject({ code: 'db.transaction-ended' });
        await expect(session.transaction((inner) => add(inner, 4))).rejects.toMatchObject({
          code: 'db.transaction-ended',
        });
      }
      expect(await ids()).toEqual([2]);
    });

    it('show nothing to others before their end', async () => {
      // The one connection of a database in memory is busy until then.
      if (harness.provider === 'sqlite-memory') return;
      await data.connection.transaction(async (session) => {
        await add(session, 1);
        expect(await ids()).toEqual([]);
      });
      expect(await ids()).toEqual([1]);
    });

    it('take longer than they may only to be undone, and leave nothing to run on', async () => {
      const later = Promise.withResolvers<unknown>();
      const slow = data.connection.transaction(
        async (session) => {
          await add(session, 1);
          await sleep(60);
          // The work goes on, since nothing can stop it; its statements do not.
          add(session, 2).then(later.resolve, later.resolve);
        },
        { timeoutMs: 20 },
      );
      await expect(slow).rejects.toMatchObject({ code: 'db.transaction-timeout', details: { timeoutMs: 20 } });
      await add(data.connection, 3);
      expect(await later.promise).toMatchObject({ code: 'db.transaction-timeout' });
      expect(await ids()).toEqual([3]);
    });

    it('that only read refuse to write, and see one state', async () => {
      const { connection } = data;
      await add(connection, 1);
      const reading = connection.transaction(
        async (session) => {
          expect(await ids(session)).toEqual([1]);
          expect(await ids({ sql: await session.snapshot(async (db) => db) })).toEqual([1]);
          return add(session, 2);
        },
        { isReadOnly: true, isolation: 'repeatable-read' },
      );
      await expect(reading).rejects.toMatchObject({ code: 'db.read-only' });
      await expect(connection.snapshot((db) => add({ sql: db }, 2))).rejects.toMatchObject({ code: 'db.read-only' });
      await add(connection, 3);
      expect(await ids()).toEqual([1, 3]);
    });

    it.each(['read-committed', 'repeatable-read', 'serializable'] as const)('are %s where asked', async (isolation) => {
      const { connection, provider } = data;
      await connection.transaction(
        async (session) => {
          await add(session, 1);
          if (provider === 'postgresql') {
            const { level } = await session.sql.one(sql`SELECT current_setting('transaction_isolation') AS level`);
            expect(level).toBe(isolation.replace('-', ' '));
          }
          await session.transaction((inner) => add(inner, 2), { isolation });
        },
        { isolation },
      );
      expect(await ids()).toEqual([1, 2]);
    });

    it.each([
      { isolation: 'repeatable-read' },
      { isolation: 'serializable' },
      { isReadOnly: true },
      { retries: 1 },
    ] as const)('nested in another one cannot have what that lacks: %j', async (options) => {
      await data.connection.transaction(async (outer) => {
        await expect(outer.transaction((inner) => add(inner, 1), options)).rejects.toMatchObject({
          code: 'db.transaction-options',
        });
        await outer.transaction((inner) => add(inner, 2), {
          isolation: 'read-committed',
          isReadOnly: false,
          retries: 0,
        });
      });
      expect(await ids()).toEqual([2]);
    });

    it('run again only where they may, and only after a conflict', async () => {
      const { connection } = data;
      let runs = 0;
      const failing = async (session: AnySession): Promise<unknown> => {
        runs += 1;
        return session.sql.all(sql`SELECT * FROM no_such_table`);
      };
      await expect(connection.transaction(failing, { retries: 3 })).rejects.toMatchObject({ code: 'db.query-failed' });
      expect(runs).toBe(1);
    });
  });
}
