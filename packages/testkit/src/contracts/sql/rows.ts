import { rawSql, sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { expectRejections } from './expect-rejections.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

const ROWS = 1_000;

/** Reading one row, all of them, and one after the other. */
export function sqlRowsContract(harness: ContractHarness): void {
  describe(`rows by SQL (${harness.name})`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
      const rows = Array.from({ length: ROWS }, (_, index) => [index, `note ${index}`]);
      const batch = data.db.dialect.records({ id: 'integer', note: 'text' }, rows);
      expect(await data.db.execute(sql`INSERT INTO kinds (id, note) SELECT id, note FROM ${batch} AS r`)).toBe(ROWS);
    });
    afterAll(() => data.close());

    const all = sql`SELECT id FROM kinds ORDER BY id`;
    const ids = Array.from({ length: ROWS }, (_, id) => ({ id }));

    it('are exactly one, at most one, or as many as there are', async () => {
      const { db } = data;
      const none = sql`SELECT id FROM kinds WHERE id < ${0}`;
      const one = sql`SELECT id FROM kinds WHERE id = ${7}`;
      const two = sql`SELECT id FROM kinds WHERE id < ${2} ORDER BY id`;
      expect([await db.one(one), await db.maybeOne(one), await db.maybeOne(none)]).toEqual([
        { id: 7 },
        { id: 7 },
        undefined,
      ]);
      expect([await db.all(none), await db.all(two)]).toEqual([[], [{ id: 0 }, { id: 1 }]]);
      await expect(db.one(none)).rejects.toMatchObject({ code: 'db.no-row' });
      await expect(db.one(two)).rejects.toMatchObject({ code: 'db.several-rows', details: { count: 2 } });
      await expect(db.maybeOne(two)).rejects.toMatchObject({ code: 'db.several-rows' });
    });

    it('are counted by what changes them, and returned by RETURNING and by WITH', async () => {
      const { db } = data;
      expect(await db.execute(sql`UPDATE kinds SET whole = id WHERE id < ${10}`)).toBe(10);
      expect(await db.execute(sql`UPDATE kinds SET whole = 1 WHERE id < ${0}`)).toBe(0);
      expect(await db.all(sql`UPDATE kinds SET whole = -id WHERE id = ${3} RETURNING whole`)).toEqual([{ whole: -3 }]);
      expect(await db.all(rawSql('WITH q AS (SELECT 1 AS a) SELECT a FROM q'))).toEqual([{ a: 1 }]);
      expect(await db.one(sql`INSERT INTO kinds (id) VALUES (${-1}) RETURNING id`)).toEqual({ id: -1 });
      expect(await db.execute(sql`DELETE FROM kinds WHERE id < ${0}`)).toBe(1);
    });

    it('come one by one as they come together', async () => {
      const rows: unknown[] = [];
      for await (const row of data.db.iterate(sql`SELECT id FROM kinds WHERE id >= ${0} ORDER BY id`)) rows.push(row);
      expect(rows).toEqual(ids);
      for await (const row of data.db.iterate(sql`SELECT id FROM kinds WHERE id < ${0}`)) expect(row).toBeUndefined();
      const list: unknown[] = [];
      for await (const row of data.db.iterate(sql`SELECT id FROM kinds WHERE id IN (${[5, 6]}) ORDER BY id;`))
        list.push(row);
      expect(list).toEqual([{ id: 5 }, { id: 6 }]);
    });

    it('come one by one from the moment that the first is asked for', async () => {
      const { db } = data;
      const rows = db.iterate<{ readonly id: number }>(all)[Symbol.asyncIterator]();
      const first = await rows.next();
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${ROWS})`);
      let count = 0;
      for (let row = first; !row.done; row = await rows.next()) count += 1;
      expect(count).toBe(ROWS);
      await db.execute(sql`DELETE FROM kinds WHERE id = ${ROWS}`);
    });

    it('come one by one in a transaction with what it has done, and nothing of what it does meanwhile', async () => {
      const seen = await data.connection.transaction(async ({ sql: db }) => {
        await db.execute(sql`DELETE FROM kinds WHERE id >= ${300}`);
        const found: unknown[] = [];
        for await (const { id } of db.iterate<{ readonly id: number }>(all)) {
          found.push(await db.one(sql`INSERT INTO kinds (id) VALUES (${id + 10_000}) RETURNING id - 10000 AS id`));
        }
        expect(await db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: 600 });
        await db.execute(sql`DELETE FROM kinds WHERE id >= ${10_000}`);
        const rows = ids.slice(300).map(({ id }) => [id]);
        await db.execute(
          sql`INSERT INTO kinds (id) SELECT id FROM ${db.dialect.records({ id: 'integer' }, rows)} AS r`,
        );
        return found;
      });
      expect(seen).toEqual(ids.slice(0, 300));
    });

    it('come one by one in a snapshot, several loops within each other', async () => {
      await data.connection.snapshot(async (db) => {
        const pairs: unknown[] = [];
        for await (const { id: a } of db.iterate(sql`SELECT id FROM kinds WHERE id < ${3} ORDER BY id`)) {
          for await (const { id: b } of db.iterate(sql`SELECT id FROM kinds WHERE id < ${2} ORDER BY id`))
            pairs.push([a, b]);
          await db.all(sql`SELECT 1`);
        }
        expect(pairs).toEqual([0, 1, 2].flatMap((a) => [0, 1].map((b) => [a, b])));
      });
    });

    it.each(['by itself', 'in a transaction'])(
      'give everything back when their loop is left early, %s',
      async (place) => {
        const { connection } = data;
        // More often than there are connections.
        for (let round = 0; round < 12; round += 1) {
          const leave = async (db: typeof connection.sql): Promise<void> => {
            for await (const row of db.iterate(all)) {
              expect(row).toEqual({ id: 0 });
              break;
            }
            const failing = async (): Promise<void> => {
              for await (const _row of db.iterate(all)) throw new Error('enough');
            };
            await expect(failing()).rejects.toThrow('enough');
          };
          await (place === 'by itself' ? leave(connection.sql) : connection.transaction(({ sql: db }) => leave(db)));
        }
        expect(await connection.sql.execute(sql`UPDATE kinds SET flag = ${true}`)).toBe(ROWS);
      },
    );

    it('end with their transaction', async () => {
      let rows: AsyncIterator<unknown> | undefined;
      await data.connection.transaction(async ({ sql: db }) => {
        rows = db.iterate(all)[Symbol.asyncIterator]();
        await rows.next();
      });
      await expect(rows?.next()).rejects.toMatchObject({ code: 'db.transaction-ended' });
    });

    it.each([
      'DELETE FROM kinds RETURNING id',
      'INSERT INTO kinds (id) VALUES (-5) RETURNING id',
      'UPDATE kinds SET id = id RETURNING id',
      'CREATE TABLE other (id INTEGER)',
    ])('come one by one from questions alone: %s', async (text) => {
      const read = async (db: typeof data.db): Promise<void> => {
        for await (const _row of db.iterate(rawSql(text))) break;
      };
      await expect(read(data.db)).rejects.toMatchObject({ code: 'db.not-a-question' });
      await expect(data.connection.transaction(({ sql: db }) => read(db))).rejects.toMatchObject({
        code: 'db.not-a-question',
      });
      expect(await data.db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: ROWS });
    });

    it('are never none where asking for them failed', async () => {
      const { db, connection } = data;
      const missing = rawSql('SELECT * FROM no_such_table');
      const read = async (): Promise<void> => {
        for await (const _row of db.iterate(missing)) break;
      };
      await expectRejections([db.all(missing), db.one(missing), db.maybeOne(missing), db.execute(missing), read()], {
        code: 'db.query-failed',
        details: { sql: 'SELECT * FROM no_such_table', reason: expect.stringContaining('no_such_table') },
        cause: expect.objectContaining({ message: expect.stringContaining('no_such_table') }),
      });
      await expect(connection.snapshot((inner) => inner.all(missing))).rejects.toMatchObject({
        code: 'db.query-failed',
      });
      expect([await db.tableExists('no_such_table'), await db.tableExists('kinds')]).toEqual([false, true]);
    });
  });
}
