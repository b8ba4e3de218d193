import { type SqlScalar, sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

/** Lists: an array bound as one value, alone in the parentheses of IN. */
export function sqlListsContract(harness: ContractHarness): void {
  describe(`lists by SQL (${harness.name})`, () => {
    const first = new Date('2026-01-01T00:00:00.000Z');
    const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
      const { db } = data;
      const columns = 'id, whole, fraction, flag, "at", bytes, note';
      await db.query(`INSERT INTO kinds (${columns}) VALUES (1, :w, 0.5, :t, :d, :b, 'it''s')`, {
        w: 2n ** 60n,
        t: true,
        d: first,
        b: bytes(0, 255),
      });
      await db.query(`INSERT INTO kinds (${columns}) VALUES (2, 20, 1.5, :f, :d, :b, 'two, "2" {x}')`, {
        f: false,
        d: new Date('2026-02-02T00:00:00.000Z'),
        b: bytes(),
      });
      await db.query('INSERT INTO kinds (id) VALUES (3)');
    });
    afterAll(() => data.close());

    const found = async (column: string, list: readonly SqlScalar[], operator = 'IN'): Promise<unknown[]> => {
      const rows = await data.db.query(`SELECT id FROM kinds WHERE "${column}" ${operator} (:list) ORDER BY id`, {
        list,
      });
      return rows.map(({ id }) => id);
    };

    it.each<[string, readonly SqlScalar[], readonly number[]]>([
      ['id', [1, 3, 9], [1, 3]],
      ['id', [1, 2 ** 40], [1]],
      ['id', [1, 1.5], [1]],
      ['whole', [2n ** 60n, 5n], [1]],
      ['fraction', [0.5, 1, 2 ** 60], [1]],
      ['flag', [false], [2]],
      ['at', [first], [1]],
      ['bytes', [bytes(0, 255), bytes()], [1, 2]],
      ['note', [`it's`, 'two, "2" {x}', '\\', ''], [1, 2]],
    ])('are found in %s (case %#)', async (column, list, expected) => {
      expect(await found(column, list)).toEqual(expected);
    });

    it('may be empty: nothing is in them, and everything is not', async () => {
      for (const column of ['id', 'whole', 'fraction', 'flag', 'at', 'bytes', 'note']) {
        expect(await found(column, [])).toEqual([]);
        expect(await found(column, [], 'NOT IN')).toEqual([1, 2, 3]);
      }
    });

    it('are negated by NOT IN, which NULL makes unknown', async () => {
      expect(await found('id', [1], 'NOT IN')).toEqual([2, 3]);
      expect(await found('note', [`it's`], 'NOT IN')).toEqual([2]);
      expect(await found('id', [1, null])).toEqual([1]);
      expect(await found('id', [1, null], 'NOT IN')).toEqual([]);
    });

    it('hold more than either database takes parameters', async () => {
      const many = Array.from({ length: 70_000 }, (_, index) => index + 2);
      expect(await found('id', many)).toEqual([2, 3]);
      const texts = many.map((value) => `text ${value}`);
      expect(await found('note', [...texts, `it's`])).toEqual([1]);
    });

    it('stand in any place of a statement, several of them, however it is spelt', async () => {
      const [a, b] = [
        [1, 2],
        [2, 3],
      ];
      expect(
        await data.db.all(
          sql`
          SELECT id, (id in(${a})) = (1 = 1) AS is_first FROM kinds
          WHERE NOT id Not  In
            ( ${b} ) AND (id + 0) IN (${[...a, 3]}) ORDER BY id`,
          { columns: { is_first: 'boolean' } },
        ),
      ).toEqual([
        { id: 2, is_first: true },
        { id: 3, is_first: false },
      ]);
      const { db } = data;
      expect(await db.all(sql`SELECT id FROM kinds WHERE ${db.dialect.isIn(sql`id`, b)} ORDER BY id`)).toEqual([
        { id: 2 },
        { id: 3 },
      ]);
    });

    it('are refused anywhere else', async () => {
      const list = [1, 2];
      const { db } = data;
      for (const statement of [
        sql`SELECT ${list} AS x`,
        sql`SELECT id FROM kinds WHERE id IN (1, ${list})`,
        sql`SELECT id FROM kinds WHERE id = ${list}`,
        sql`SELECT id FROM kinds WHERE id IN ((${list}))`,
        db.named('SELECT id FROM kinds WHERE id IN (:list, 1)', { list }),
        db.named('SELECT abs(:list)', { list }),
      ]) {
        await expect(db.all(statement)).rejects.toMatchObject({ code: 'db.misplaced-list' });
      }
    });

    it('are refused with items that are no simple values, or are of kinds that do not mix', async () => {
      const { db } = data;
      for (const list of [[[1]], [{ '~json': 1 }], [undefined]]) {
        await expect(found('id', list as never)).rejects.toMatchObject({
          code: 'db.invalid-value',
          details: { value: ':list' },
        });
      }
      await expect(
        db.query('SELECT 1 WHERE 1 IN (1, 2) AND :x IN (:list)', { x: 1, list: [Number.NaN] }),
      ).rejects.toMatchObject({ code: 'db.invalid-value' });
    });
  });
}
