import { isSheafError } from '@sheaf/core';
import { json, type SqlValue, sql } from '@sheaf/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

const texts = {
  'no character': '',
  quotes: `it's "quoted", \`so\`, $$ and $tag$`,
  'what would be SQL': `'; DROP TABLE kinds; --`,
  'parameters and comments': ':name ?1 $1 /* x */ -- y',
  backslashes: '\\ \\\\ \\n \\u0000',
  'lines and tabs': 'a\r\n\tb\u0001',
  'other planes': '𝔘nicode 👩‍👩‍👧 e\u0301 \ufeff \u2028',
};

/** What the port promises of values: they come back as they went, or are refused, on every database alike. */
export function sqlValuesContract(harness: ContractHarness): void {
  describe(`values by SQL (${harness.name})`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
    });
    afterAll(() => data.close());
    beforeEach(() => data.db.execute(sql`DELETE FROM kinds`));

    const stored = async (column: string, value: SqlValue): Promise<unknown> => {
      const { db } = data;
      await db.execute(db.named(`INSERT INTO kinds (id, "${column}") VALUES (1, :value)`, { value }));
      const { value: read } = await db.one(db.named(`SELECT "${column}" AS value FROM kinds`));
      // And it is found by itself.
      if (value !== null && column !== 'doc') {
        await db.one(db.named(`SELECT id FROM kinds WHERE "${column}" = :value`, { value }));
      }
      return read;
    };

    it.each([0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, -(2 ** 53) + 1])('keep the integer %d', async (value) => {
      expect(await stored('whole', value)).toBe(value);
    });

    it.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])('keep the bigint %s', async (value) => {
      expect(await stored('whole', value)).toBe(value);
    });

    it('give a bigint that a number can hold as a number', async () => {
      expect(await stored('whole', 5n)).toBe(5);
      await data.db.execute(sql`INSERT INTO kinds (id, whole) VALUES (2, ${2n ** 62n}), (3, ${2n ** 61n})`);
      expect(await data.db.one(sql`SELECT sum(whole) AS total, count(*) AS count FROM kinds`)).toEqual({
        total: 2n ** 62n + 2n ** 61n + 5n,
        count: 3,
      });
    });

    it.each([0.1, 0.1 + 0.2, -1.5, 5e-324, Number.MAX_VALUE, 2 ** 60, 1e21, 1 / 3])(
      'keep the number %d',
      async (value) => {
        expect(await stored('fraction', value)).toBe(value);
      },
    );

    it('take minus zero for zero', async () => {
      expect(await stored('fraction', -0)).toBe(0);
    });

    it.each([true, false])('keep the boolean %s', async (value) => {
      expect(await stored('flag', value)).toBe(value);
    });

    it.each([
      '2026-01-02T03:04:05.678Z',
      '1969-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ])('keep the time %s', async (time) => {
      expect(await stored('at', new Date(time))).toEqual(new Date(time));
    });

    it.each(Object.entries(texts))('keep text with %s', async (_name, value) => {
      expect(await stored('note', value)).toBe(value);
    });

    it('keep bytes, none of them, and a part of a larger buffer', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      for (const bytes of [all, new Uint8Array(0), all.subarray(3, 7)]) {
        expect(new Uint8Array((await stored('bytes', bytes)) as Uint8Array)).toEqual(new Uint8Array(bytes));
        await data.db.execute(sql`DELETE FROM kinds`);
      }
    });

    it.each([
      { a: [1, 'x', null, true, { b: 0.5 }], 'ä "k"': '\u2028', text: texts.quotes },
      [],
      'only text',
      0,
      false,
    ])('keep the document %j', async (document) => {
      expect(await stored('doc', json(document))).toEqual(document);
    });

    it('tell JSON null from SQL NULL', async () => {
      await data.db.execute(sql`INSERT INTO kinds (id, doc) VALUES (1, ${json(null)}), (2, ${null})`);
      expect(await data.db.all(sql`SELECT id, doc FROM kinds WHERE doc IS NULL`)).toEqual([{ id: 2, doc: null }]);
      expect(await data.db.all(sql`SELECT id, doc FROM kinds WHERE doc IS NOT NULL`)).toEqual([{ id: 1, doc: null }]);
    });

    it.each(['whole', 'fraction', 'flag', 'at', 'doc', 'bytes', 'note'])('keep NULL in %s', async (column) => {
      expect(await stored(column, null)).toBeNull();
    });

    it('compute with numbers as if they were written out', async () => {
      const { a, b, c, d } = await data.db.one(
        sql`SELECT ${7} / ${2} AS a, ${7.5} / ${2} AS b, ${1} + ${2n ** 40n} AS c, ${0.25} AS d`,
      );
      expect([a, b, c, d]).toEqual([3, 3.75, 2 ** 40 + 1, 0.25]);
      await data.db.execute(sql`INSERT INTO kinds (id, whole) VALUES (1, 1), (2, 2)`);
      expect(await data.db.all(sql`SELECT id FROM kinds WHERE whole > ${1.5}`)).toEqual([{ id: 2 }]);
      expect(await data.db.all(sql`SELECT id FROM kinds WHERE id < ${2 ** 40} ORDER BY id LIMIT ${1}`)).toEqual([
        { id: 1 },
      ]);
    });

    it('come as declared from computed columns', async () => {
      const at = new Date('2026-05-06T07:08:09.010Z');
      await data.db.execute(sql`INSERT INTO kinds (id, "at", doc) VALUES (1, ${at}, ${json({ x: [1] })})`);
      const statement = sql`SELECT max("at") AS newest, count(*) > 0 AS has_some, ${json({ y: 2 })} AS doc,
        CASE WHEN id = 1 THEN 1 ELSE 0 END AS is_first, min(NULLIF(id, 1)) AS missing FROM kinds GROUP BY id`;
      const columns = {
        newest: 'datetime',
        has_some: 'boolean',
        doc: 'json',
        is_first: 'boolean',
        missing: 'datetime',
      };
      const expected = { newest: at, has_some: true, doc: { y: 2 }, is_first: true, missing: null };
      expect(await data.db.one(statement, { columns } as never)).toEqual(expected);
      for await (const row of data.db.iterate(statement, { columns } as never)) expect(row).toEqual(expected);
    });

    const circular: Record<string, unknown> = { secret: 'hunter2' };
    circular.self = circular;
    it.each<[string, unknown]>([
      ['NaN', Number.NaN],
      ['infinity', Number.POSITIVE_INFINITY],
      ['minus infinity', Number.NEGATIVE_INFINITY],
      ['an integer of more than 64 bits', 2n ** 63n],
      ['an invalid date', new Date(Number.NaN)],
      ['a date before the year 1', new Date('0000-12-31T23:59:59.999Z')],
      ['a date after the year 9999', new Date('+010000-01-01T00:00:00.000Z')],
      ['text with NUL', 'a\0b'],
      ['half of a surrogate pair', 'a\ud83d'],
      ['a document with NUL', json({ a: ['b\0'] })],
      ['a document with half a pair', json(['\udc00'])],
      ['a document with a bigint', json({ a: 1n })],
      ['a document that holds itself', json(circular)],
      ['no document', json(undefined)],
      ['an object', { a: 1 }],
      ['a function', () => 1],
      ['undefined', undefined],
    ])('are refused before anything is sent: %s', async (_name, value) => {
      const failure = await data.db.all(sql`SELECT ${value as SqlValue} AS x`).catch((error: unknown) => error);
      expect(isSheafError(failure, 'db.invalid-value')).toBe(true);
      expect(failure).toMatchObject({ details: { value: 'value 1', sql: 'SELECT ? AS x' } });
      const inList = await data.db
        .all(sql`SELECT 1 WHERE 'a' IN (${['b', value as string]})`)
        .catch((error: unknown) => error);
      expect(isSheafError(inList, 'db.invalid-value')).toBe(true);
    });

    it('are refused among the rows of a batch as well', async () => {
      const { records } = data.db.dialect;
      for (const value of ['a\0b', '\ud83d', Number.NaN, new Date(Number.NaN), 2n ** 64n]) {
        expect(() => records({ id: 'integer', value: 'text' }, [[1, value]])).toThrow(
          expect.objectContaining({ code: 'db.invalid-value' }),
        );
      }
      expect(() => records({ doc: 'json' }, [[{ a: '\0' }]])).toThrow(
        expect.objectContaining({ code: 'db.invalid-value' }),
      );
      const fine = records({ doc: 'json', note: 'text' }, [[{ a: '\\u0000' }, '\\u0000']]);
      expect(await data.db.one(sql`SELECT note FROM ${fine} AS r`)).toEqual({ note: '\\u0000' });
    });
  });
}
