import { identifier, joinSql, rawSql, type SqlValue, sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractHarness, OpenedData } from '../contract-harness.ts';

const provider = (harness: ContractHarness): 'sqlite' | 'postgresql' =>
  harness.provider === 'postgresql' ? 'postgresql' : 'sqlite';

/** What is text and what is a parameter, and which texts are sent at all. */
export function sqlParametersContract(harness: ContractHarness): void {
  describe(`parameters by SQL (${harness.name})`, () => {
    let data: OpenedData;
    beforeAll(async () => {
      data = await harness.open();
    });
    afterAll(() => data.close());

    const value = async (text: string, parameters: Record<string, SqlValue> = {}): Promise<unknown> => {
      const { sql: db } = data.connection;
      return (await db.one<{ readonly x: unknown }>(db.named(text, parameters))).x;
    };

    it.each<[string, string, Record<string, SqlValue>, unknown]>([
      ['a time in a string', `SELECT :id || ' at 12:30' AS x`, { id: 'a' }, 'a at 12:30'],
      ['a name in a string', `SELECT ':id' || :id || 'it''s :id' AS x`, { id: 'b' }, `:idbit's :id`],
      ['names in comments', `SELECT /* :no it's */ :id AS x -- :no, it's`, { id: 'c' }, 'c'],
      ['a name in a quoted name', `SELECT ":id" AS x FROM (SELECT :id AS ":id") AS t`, { id: 'd' }, 'd'],
      ['a name that begins another one', `SELECT :id || :id_2 || :id2 AS x`, { id: 'a', id_2: 'b', id2: 'c' }, 'abc'],
      ['a name several times', `SELECT :id || :other || :id AS x`, { id: 'a', other: 'b' }, 'aba'],
      ['names like keywords', `SELECT :select || :from AS x`, { select: 'a', from: 'b' }, 'ab'],
      ['names beyond ASCII', `SELECT :größe || :a$b AS x`, { größe: 'a', a$b: 'b' }, 'ab'],
      [
        'names like those of objects',
        `SELECT :constructor || :__proto__ AS x`,
        JSON.parse('{"constructor":"a","__proto__":"b"}'),
        'ab',
      ],
      ['values that look like parameters', `SELECT :a || :b AS x`, { a: ':b', b: '$1 ?1' }, ':b$1 ?1'],
      ['no blank around it', `SELECT(:a||:b)AS x`, { a: '1', b: '2' }, '12'],
      ['lines that end a comment', `SELECT -- :no\n:id AS x`, { id: 'e' }, 'e'],
      ['a semicolon at the end', `SELECT :id AS x ; -- the end\n`, { id: 'f' }, 'f'],
      [
        'arrows',
        `SELECT CAST(:doc AS ${provider(harness) === 'sqlite' ? 'TEXT' : 'jsonb'}) -> 'a' ->> 'b' AS x`,
        { doc: '{"a":{"b":"c"}}' },
        'c',
      ],
    ])('are told from %s', async (_title, text, parameters, expected) => {
      expect(await value(text, parameters)).toBe(expected);
    });

    const own: Readonly<
      Record<'sqlite' | 'postgresql', readonly [string, string, Record<string, SqlValue>, unknown][]>
    > = {
      sqlite: [
        ['names in brackets', 'SELECT [:id] AS x FROM (SELECT :id AS [:id])', { id: 'a' }, 'a'],
        ['names in back quotes', 'SELECT `:id``s` AS x FROM (SELECT :id AS `:id``s`)', { id: 'a' }, 'a'],
        ['comments that do not nest', `SELECT /* /* :no */ :id AS x /* :no`, { id: 'a' }, 'a'],
        ['backslashes, which escape nothing', `SELECT '\\' || :id || '\\' AS x`, { id: 'a' }, '\\a\\'],
        ['dollars, which quote nothing', `SELECT '$$' || :id || '$$' AS x`, { id: 'a' }, '$$a$$'],
        ['blobs', `SELECT hex(x'3A61') || :a AS x`, { a: 'b' }, '3A61b'],
        ['a column that ends in E', `SELECT e || '\\' || :id AS x FROM (SELECT 'a' AS e)`, { id: 'b' }, 'a\\b'],
      ],
      postgresql: [
        ['casts', `SELECT :n::text || '1'::text AS x`, { n: 5 }, '51'],
        ['casts to a type that is called as a parameter', 'SELECT :text::text AS x', { text: 'a' }, 'a'],
        ['escape strings', `SELECT E'it\\'s :no' || :id || e'\\\\' AS x`, { id: 'a' }, `it's :noa\\`],
        ['escape strings over lines', `SELECT E'a' -- it's\n'\\':no' || :id AS x`, { id: 'b' }, `a':nob`],
        ['backslashes in plain strings', `SELECT '\\' || :id || '\\' AS x`, { id: 'a' }, '\\a\\'],
        [
          'dollar quotes',
          `SELECT $$ it's :no $$ || $a$ $b$ :no $$ $a$ || :id AS x`,
          { id: 'a' },
          ` it's :no  $b$ :no $$ a`,
        ],
        ['dollars in names', `SELECT a$$ || :id AS x FROM (SELECT 'b' AS a$$) AS t`, { id: '$$' }, 'b$$'],
        ['comments that nest', `SELECT /* /* :no */ ' :no */ :id AS x`, { id: 'a' }, 'a'],
        [
          'Unicode strings and names',
          `SELECT U&'\\0061:no' || U&"\\0062:no" || :id AS x FROM (SELECT 'b' AS "b:no") AS t`,
          { id: 'c' },
          'a:nobc',
        ],
        ['bit strings', `SELECT (B'01' || X'f')::text || :id AS x`, { id: 'a' }, '011111a'],
        [
          'slices',
          `SELECT ((ARRAY[1,2,3])[1:2])[2]::text || array_to_string((ARRAY['a','b'])[lo:hi], '') || :lo AS x FROM (SELECT 1 AS lo, 2 AS hi) AS t`,
          { lo: 'c' },
          '2abc',
        ],
        [
          'open slices',
          `SELECT array_to_string((ARRAY[1,2,3])[:n], '') || array_to_string((ARRAY[1,2,3])[ n: ], '') || array_to_string((ARRAY[1,2,3])[ :n ], '') || :n AS x FROM (SELECT 2 AS n) AS t`,
          { n: 'c' },
          '122312c',
        ],
        [
          'arrays',
          `SELECT array_to_string(ARRAY[:a, :b], '') || array_to_string((ARRAY[[:a],[:b]])[2:2], '') AS x`,
          { a: 'a', b: 'b' },
          'abb',
        ],
        [
          'JSON operators',
          `SELECT ((:d::jsonb ? 'a') AND (:d::jsonb ?| ARRAY['x','a']) AND (:d::jsonb ?& ARRAY['a']) AND (:d::jsonb @> '{"a":1}') AND ((:d::jsonb #> '{a}') = '1'))::text || :id AS x`,
          { d: '{"a":1}', id: '?' },
          'true?',
        ],
        [
          'colons in JSON constructors',
          `SELECT JSON_OBJECT('k':v, 'l': v, 'm' : :id RETURNING text) AS x FROM (SELECT 1 AS v) AS t`,
          { id: 'a' },
          '{"k" : 1, "l" : 1, "m" : "a"}',
        ],
      ],
    };
    it.each(own[provider(harness)])(
      `are told from %s, as ${provider(harness)} has them`,
      async (_title, text, parameters, expected) => {
        expect(await value(text, parameters)).toBe(expected);
      },
    );

    if (provider(harness) === 'postgresql') {
      it('can be bounds of a slice, in parentheses', async () => {
        const text = `SELECT array_to_string((ARRAY['a','b','c','d'])[(:from):(:to)] || (ARRAY['x','y'])[(:from)], '') AS x`;
        expect(await value(text, { from: 2, to: 3 })).toBe('bcy');
      });
    }

    it('must have values, and no values without them', async () => {
      await expect(value('SELECT :a || :b AS x', { a: '1' })).rejects.toMatchObject({
        code: 'db.missing-parameter',
        details: { name: 'b' },
      });
      await expect(value('SELECT :toString AS x')).rejects.toMatchObject({ code: 'db.missing-parameter' });
      await expect(value(`SELECT ':b' AS x /* :c */`, { b: 1, c: 2 })).rejects.toMatchObject({
        code: 'db.unused-parameter',
        details: { names: ['b', 'c'] },
      });
    });

    it.each(
      provider(harness) === 'sqlite'
        ? ['SELECT ?', 'SELECT ?1', 'SELECT @a', 'SELECT $a', 'SELECT $1', 'SELECT :1', 'SELECT #a', 'SELECT :a']
        : ['SELECT $1', 'SELECT $2 + 1', 'SELECT :a'],
    )('of the database itself are refused, beside values and without: %s', async (text) => {
      const { sql: db } = data.connection;
      const parameter = /[?@$:#]\w*/.exec(text)?.[0];
      const expected = { code: 'db.unbound-parameter', details: { parameter } };
      await expect(db.all(rawSql(text))).rejects.toMatchObject(expected);
      await expect(db.all(sql`${rawSql(text)}, ${1} AS x`)).rejects.toMatchObject(expected);
      await expect(db.all(sql`SELECT ${1}, (${rawSql(text)})`)).rejects.toMatchObject(expected);
      if (parameter !== ':a') await expect(db.query(`${text}, :x`, { x: 1 })).rejects.toMatchObject(expected);
    });

    it('of the database itself may stand in quotes and comments', async () => {
      expect(
        await value(`SELECT '?1 $1 @a :a' || "$1" AS x /* ?1 $1 */ FROM (SELECT :a AS "$1") AS t -- $2`, { a: 'b' }),
      ).toBe('?1 $1 @a :ab');
    });

    it('stand alone: none in a quote or a comment, none that touches a name or a number', async () => {
      const { sql: db } = data.connection;
      const { raw } = { raw: rawSql };
      for (const statement of [
        sql`SELECT '${'a'}'`,
        sql`SELECT "${'a'}"`,
        sql`SELECT 1 /* ${'a'} */`,
        sql`SELECT 1 -- ${'a'}`,
        sql`SELECT ${1}1`,
        sql`SELECT '${'a'}' || ${raw("'")}b${raw("'")}`,
      ]) {
        await expect(db.all(statement)).rejects.toMatchObject({ code: 'db.invalid-statement' });
      }
      // The same text by itself is another statement.
      expect(await db.one(sql`SELECT ${raw("'")}?${raw("'")} || ${'b'} AS x`)).toEqual({ x: '?b' });
    });

    it.each<[string, string]>([
      ['nothing', ''],
      ['blanks and comments', '  /* SELECT 1; */ -- SELECT 2\n ; ;'],
      ['two statements', 'SELECT 1; SELECT 2'],
      ['a NUL character, behind which nothing would run', 'SELECT 1 -- \0\n, 2'],
      ['a string that does not end', `SELECT 'a`],
      ['a name that does not end', `SELECT "a`],
      ['the beginning of a transaction', 'BEGIN'],
      ['the beginning of a transaction, behind a comment', '/* x */ start /* y */ transaction'],
      ['its end', 'COMMIT'],
      ['its undoing', 'ROLLBACK'],
    ])('do not matter in texts that are never sent: %s', async (_title, text) => {
      await expect(data.connection.sql.all(rawSql(text))).rejects.toMatchObject({ code: 'db.invalid-statement' });
      await expect(data.connection.sql.query(text)).rejects.toMatchObject({ code: 'db.invalid-statement' });
      await expect(data.connection.sql.execute(rawSql(text))).rejects.toMatchObject({ code: 'db.invalid-statement' });
    });

    it('come together from parts, each of which is text or a value', async () => {
      const { sql: db } = data.connection;
      const parts = ['a', "b'", ':c'].map((part) => sql`${part}`);
      const name = `we"ird :a ?1 'name`;
      const row = await db.one(sql`SELECT ${joinSql(parts, ' || ')} AS ${identifier(name)}`);
      expect(row).toEqual({ [name]: `ab':c` });
    });

    it('keep their places however often the statement changes its parts', async () => {
      const { sql: db } = data.connection;
      for (let round = 0; round < 3; round += 1) {
        for (const width of [1, 2, 5]) {
          const values = Array.from({ length: width }, (_, index) => index * 10 + round);
          const sum = joinSql(
            values.map((one) => sql`${one}`),
            ' + ',
          );
          expect(await db.one(sql`SELECT ${sum} AS x`)).toEqual({ x: values.reduce((a, b) => a + b, 0) });
        }
        const mixed: readonly SqlValue[] = [1, 2 ** 40, 0.5, 3n];
        for (const one of mixed) expect(await db.one(sql`SELECT ${one} + ${1} AS x`)).toEqual({ x: Number(one) + 1 });
      }
    });
  });
}
