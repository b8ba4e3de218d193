import { json, rawSql, splitStatements, sql } from '@sheaf/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KindsData } from '../src/contracts/sql/kinds-table.ts';
import { openKinds } from '../src/contracts/sql/kinds-table.ts';
import { harnesses } from './harnesses.ts';

/** What earlier data layers of home make got wrong, each shown there by running it. */
for (const harness of harnesses) {
  describe(`what earlier systems got wrong in SQL (${harness.name})`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
    });
    afterAll(() => data.close());
    beforeEach(() => data.db.execute(sql`DELETE FROM kinds`));

    it('a stored text was changed where it held the words of SQL that a translation replaced', async () => {
      const { db } = data;
      const text = 'TRUE or NOW() JSON UUID TIMESTAMP -- c';
      await db.execute(rawSql(`INSERT INTO kinds (id, note) VALUES (1, '${text}')`));
      await db.execute(sql`INSERT INTO kinds (id, note) VALUES (2, ${text})`);
      await db.query(`INSERT INTO kinds (id, note) VALUES (:id, '${text}')`, { id: 3 });
      expect(await db.all(sql`SELECT note FROM kinds`)).toEqual([{ note: text }, { note: text }, { note: text }]);
    });

    it('a time of day in a text was taken for a parameter', async () => {
      const { db } = data;
      await db.query(`INSERT INTO kinds (id, note) VALUES (:id, 'at 12:30')`, { id: 1 });
      expect(await db.all(sql`SELECT id, note FROM kinds`)).toEqual([{ id: 1, note: 'at 12:30' }]);
    });

    it('reading from a missing table gave no rows', async () => {
      const { db } = data;
      const missing = rawSql('SELECT * FROM missing_table');
      await expect(db.all(missing)).rejects.toMatchObject({ code: 'db.query-failed' });
      await expect(db.maybeOne(missing)).rejects.toMatchObject({ code: 'db.query-failed' });
      await expect(db.query('SELECT * FROM missing_table')).rejects.toMatchObject({ code: 'db.query-failed' });
    });

    it('INSERT … RETURNING failed, or was not committed', async () => {
      const { db, connection } = data;
      expect(await db.one(sql`INSERT INTO kinds (id) VALUES (${1}) RETURNING id`)).toEqual({ id: 1 });
      const inner = await connection.transaction(({ sql: one }) =>
        one.one(sql`INSERT INTO kinds (id) VALUES (${2}) RETURNING id`),
      );
      expect(inner).toEqual({ id: 2 });
      expect(await db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: 2 });
    });

    it('a statement that begins with WITH gave no rows', async () => {
      expect(await data.db.query('WITH q AS (SELECT 1 AS a) SELECT a FROM q')).toEqual([{ a: 1 }]);
      await data.db.query('WITH q AS (SELECT :id AS id) INSERT INTO kinds (id) SELECT id FROM q', { id: 1 });
      expect(await data.db.all(sql`SELECT id FROM kinds`)).toEqual([{ id: 1 }]);
    });

    it('a row could refer to one that does not exist', async () => {
      const { db } = data;
      if (!(await db.tableExists('children'))) {
        await db.execute(rawSql('CREATE TABLE children (parent_id integer NOT NULL REFERENCES kinds (id))'));
      }
      await expect(db.execute(sql`INSERT INTO children VALUES (${99})`)).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
      const inTransaction = data.connection.transaction(({ sql: one }) =>
        one.execute(sql`INSERT INTO children VALUES (${99})`),
      );
      await expect(inTransaction).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
    });

    it('a parameter’s name was replaced inside a longer name and inside a cast, and booleans became numbers', async () => {
      const { db } = data;
      expect(await db.query(`SELECT :id || '-' || :id_2 AS x`, { id: 'a', id_2: 'b' })).toEqual([{ x: 'a-b' }]);
      await db.query('INSERT INTO kinds (id, flag, note) VALUES (1, :flag, :text)', { flag: true, text: 'a' });
      const type = harness.provider === 'postgresql' ? 'flag::text || :text::text' : `flag || :text`;
      expect(await db.query(`SELECT flag, ${type} AS x FROM kinds`, { text: 'b' })).toEqual([
        { flag: true, x: harness.provider === 'postgresql' ? 'trueb' : '1b' },
      ]);
    });

    it('the text of a statement was rewritten for the database behind one’s back', async () => {
      const { db } = data;
      // It means what the database says it means: a column without a default.
      if (!(await db.tableExists('plain_keys'))) {
        await db.execute(rawSql('CREATE TABLE plain_keys (id integer PRIMARY KEY, note text)'));
      }
      const insert = db.execute(sql`INSERT INTO plain_keys (note) VALUES (${'x'})`);
      if (harness.provider === 'postgresql') await expect(insert).rejects.toMatchObject({ code: 'db.query-failed' });
      else expect(await insert).toBe(1);
    });

    it('LIMIT and OFFSET took no parameters', async () => {
      const { db } = data;
      const rows = db.dialect.records({ id: 'integer' }, [[1], [2], [3], [4]]);
      await db.execute(sql`INSERT INTO kinds (id) SELECT id FROM ${rows} AS r`);
      const page = await db.query('SELECT id FROM kinds ORDER BY id LIMIT :limit OFFSET :offset', {
        limit: 2,
        offset: 1,
      });
      expect(page).toEqual([{ id: 2 }, { id: 3 }]);
    });

    it('saving failed after the row had been committed', async () => {
      const { connection, db } = data;
      const save = connection.transaction(async ({ sql: one }) => {
        await one.execute(sql`INSERT INTO kinds (id, doc) VALUES (${1}, ${json({ step: 1 })})`);
        throw new TypeError('a list cannot be awaited');
      });
      await expect(save).rejects.toThrow(TypeError);
      expect(await db.all(sql`SELECT id FROM kinds`)).toEqual([]);
    });

    it('loading parsed what was parsed already, lists swallowed errors, and deleting told the wrong count', async () => {
      const { db } = data;
      const document = { state: { a: [1, null] } };
      const rows = db.dialect.records({ id: 'integer', doc: 'json' }, [
        [1, document],
        [2, document],
        [3, document],
      ]);
      await db.execute(sql`INSERT INTO kinds (id, doc) SELECT id, doc FROM ${rows} AS r`);
      expect(await db.one(sql`SELECT doc FROM kinds WHERE id = ${1}`)).toEqual({ doc: document });
      await expect(
        Promise.all([db.all(sql`SELECT doc FROM kinds`), db.all(rawSql('SELECT doc FROM nothing'))]),
      ).rejects.toMatchObject({ code: 'db.query-failed' });
      expect(await db.execute(sql`DELETE FROM kinds WHERE id IN (${[1, 2, 9]})`)).toBe(2);
    });

    it('deleting failed in the middle and left half of it', async () => {
      const { connection, db } = data;
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${1}), (${2})`);
      const remove = connection.transaction(async ({ sql: one }) => {
        await one.execute(sql`DELETE FROM kinds WHERE id = ${1}`);
        await one.execute(rawSql('DELETE FROM nothing'));
      });
      await expect(remove).rejects.toMatchObject({ code: 'db.query-failed' });
      expect(await db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: 2 });
    });

    it('a script was split at every semicolon', async () => {
      const { connection, db } = data;
      const script = `INSERT INTO kinds (id, note) VALUES (1, 'a;b'); /* ; */ INSERT INTO kinds (id, note) VALUES (2, ';')`;
      expect(splitStatements(script, connection.provider)).toHaveLength(2);
      await connection.runScript(({ exec }) => exec(script));
      expect(await db.all(sql`SELECT note FROM kinds ORDER BY id`)).toEqual([{ note: 'a;b' }, { note: ';' }]);
    });

    it('one connection served all, and transactions did not nest', async () => {
      const { connection, db } = data;
      await connection.transaction(async (outer) => {
        await outer.sql.execute(sql`INSERT INTO kinds (id) VALUES (${1})`);
        const nested = outer.transaction(async (inner) => {
          await inner.sql.execute(sql`INSERT INTO kinds (id) VALUES (${2})`);
          throw new Error('broken off');
        });
        await expect(nested).rejects.toThrow('broken off');
        // In memory there is one, and who is outside waits for it.
        if (harness.provider !== 'sqlite-memory') expect(await db.all(sql`SELECT id FROM kinds`)).toEqual([]);
      });
      expect(await db.all(sql`SELECT id FROM kinds`)).toEqual([{ id: 1 }]);
    });
  });
}
