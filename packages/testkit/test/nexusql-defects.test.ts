import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json, type OpenRun, rawSql, shippedSchemaFolder, splitStatements, sql } from '@sheaf/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KindsData } from '../src/contracts/sql/kinds-table.ts';
import { openKinds } from '../src/contracts/sql/kinds-table.ts';
import { harnesses } from './harnesses.ts';

const RUN: OpenRun = {
  tool: 'nexusql.test',
  input: { shelf: ['tea', null] },
  inputDigest: 'nexusql',
  workerId: 'worker',
  leaseMs: 60_000,
  resume: false,
};

/**
 * What the SQL layer called nexusql got wrong, and what was built on it: twelve defects that were shown there by running
 * it, and some that were read. Each is told in the line above the test that shows what holds here instead.
 */
for (const harness of harnesses) {
  describe(`nexusql, on ${harness.name}:`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
    });
    afterAll(() => data.close());
    beforeEach(() => data.db.execute(sql`DELETE FROM kinds`));

    let workspaces = 0;
    /** A document that waits for the stage `work`, and a worker that is at it. */
    const stepAtWork = async () => {
      workspaces += 1;
      const scope = await data.scope(`at-work-${workspaces}`);
      const { documents, stages, runs, steps } = data.within(scope);
      const found = await documents.register([{ uri: 'https://nexusql.example/' }], { method: 'test' });
      const [{ documentId = '' } = {}] = found;
      await stages.set([{ documentId, stage: 'work', status: 'pending' }]);
      const { id: runId } = await runs.open(RUN);
      await steps.plan({ runId, type: 'work', steps: [{ documentId }] });
      const claims = await steps.claim({ type: 'work', workerId: 'worker', limit: 1, leaseMs: 60_000 });
      return { scope, documentId, runId, claims };
    };

    // 1. Words such as TRUE, NOW() and JSON were replaced in what was stored, too.
    it('a text is stored as it is, whatever words of SQL it holds', async () => {
      const { db } = data;
      const text = 'TRUE or NOW() JSON UUID TIMESTAMP -- c';
      await db.execute(rawSql(`INSERT INTO kinds (id, note) VALUES (1, '${text}')`));
      await db.execute(sql`INSERT INTO kinds (id, note) VALUES (2, ${text})`);
      await db.query(`INSERT INTO kinds (id, note) VALUES (:id, '${text}')`, { id: 3 });
      expect(await db.all(sql`SELECT note FROM kinds`)).toEqual([{ note: text }, { note: text }, { note: text }]);
    });

    // 2. A time of day in a text was taken for a parameter.
    it('a colon in a text begins no parameter', async () => {
      const { db } = data;
      await db.query(`INSERT INTO kinds (id, note) VALUES (:id, 'at 12:30')`, { id: 1 });
      expect(await db.all(sql`SELECT id, note FROM kinds`)).toEqual([{ id: 1, note: 'at 12:30' }]);
    });

    // 3. Reading from a table that is not there gave no rows.
    it('reading from a missing table is an error', async () => {
      const { db } = data;
      const missing = rawSql('SELECT * FROM missing_table');
      await expect(db.all(missing)).rejects.toMatchObject({ code: 'db.query-failed' });
      await expect(db.maybeOne(missing)).rejects.toMatchObject({ code: 'db.query-failed' });
      await expect(db.query('SELECT * FROM missing_table')).rejects.toMatchObject({ code: 'db.query-failed' });
    });

    // 4. INSERT … RETURNING could not be committed.
    it('INSERT … RETURNING gives its row and is committed', async () => {
      const { db, connection } = data;
      expect(await db.one(sql`INSERT INTO kinds (id) VALUES (${1}) RETURNING id`)).toEqual({ id: 1 });
      const inner = await connection.transaction(({ sql: one }) =>
        one.one(sql`INSERT INTO kinds (id) VALUES (${2}) RETURNING id`),
      );
      expect(inner).toEqual({ id: 2 });
      expect(await db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: 2 });
    });

    // 5. A statement that begins with WITH gave no rows.
    it('a statement that begins with WITH reads and writes', async () => {
      expect(await data.db.query('WITH q AS (SELECT 1 AS a) SELECT a FROM q')).toEqual([{ a: 1 }]);
      await data.db.query('WITH q AS (SELECT :id AS id) INSERT INTO kinds (id) SELECT id FROM q', { id: 1 });
      expect(await data.db.all(sql`SELECT id FROM kinds`)).toEqual([{ id: 1 }]);
    });

    // 6. Foreign keys were not enforced.
    it('a row cannot refer to one that does not exist', async () => {
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

    // 7. A parameter’s name was replaced inside a longer name and inside a cast; booleans became numbers.
    it('a parameter is told from longer names and from casts, and a boolean stays one', async () => {
      const { db } = data;
      expect(await db.query(`SELECT :id || '-' || :id_2 AS x`, { id: 'a', id_2: 'b' })).toEqual([{ x: 'a-b' }]);
      await db.query('INSERT INTO kinds (id, flag, note) VALUES (1, :flag, :text)', { flag: true, text: 'a' });
      const type = harness.provider === 'postgresql' ? 'flag::text || :text::text' : `flag || :text`;
      expect(await db.query(`SELECT flag, ${type} AS x FROM kinds`, { text: 'b' })).toEqual([
        { flag: true, x: harness.provider === 'postgresql' ? 'trueb' : '1b' },
      ]);
    });

    // 8. The type of a key was rewritten for one of the databases.
    it('a statement reaches the database as it was written', async () => {
      const { db } = data;
      // It means what the database says it means: a column without a default.
      if (!(await db.tableExists('plain_keys'))) {
        await db.execute(rawSql('CREATE TABLE plain_keys (id integer PRIMARY KEY, note text)'));
      }
      const insert = db.execute(sql`INSERT INTO plain_keys (note) VALUES (${'x'})`);
      if (harness.provider === 'postgresql') await expect(insert).rejects.toMatchObject({ code: 'db.query-failed' });
      else expect(await insert).toBe(1);
    });

    // 9. LIMIT and OFFSET were left as another database writes them.
    it('LIMIT and OFFSET take parameters', async () => {
      const { db } = data;
      const rows = db.dialect.records({ id: 'integer' }, [[1], [2], [3], [4]]);
      await db.execute(sql`INSERT INTO kinds (id) SELECT id FROM ${rows} AS r`);
      const page = await db.query('SELECT id FROM kinds ORDER BY id LIMIT :limit OFFSET :offset', {
        limit: 2,
        offset: 1,
      });
      expect(page).toEqual([{ id: 2 }, { id: 3 }]);
    });

    // 9. CASCADE and SET NULL were rewritten to NO ACTION.
    it('what happens to rows whose parent is deleted is what was declared', async () => {
      const { db } = data;
      await db.execute(rawSql('DROP TABLE IF EXISTS offspring'));
      await db.execute(
        rawSql(`CREATE TABLE offspring (
          id integer, owner integer REFERENCES kinds (id) ON DELETE CASCADE,
          friend integer REFERENCES kinds (id) ON DELETE SET NULL)`),
      );
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${1}), (${2}), (${3})`);
      await db.execute(sql`INSERT INTO offspring VALUES (${10}, ${1}, ${2}), (${20}, ${2}, ${1}), (${30}, ${3}, ${1})`);
      await db.execute(sql`DELETE FROM kinds WHERE id = ${1}`);
      expect(await db.all(sql`SELECT id, owner, friend FROM offspring ORDER BY id`)).toEqual([
        { id: 20, owner: 2, friend: null },
        { id: 30, owner: 3, friend: null },
      ]);
      await db.execute(rawSql('DROP TABLE offspring'));
    });

    // 9. The same, in the tables that come with the system.
    it('every foreign key of the shipped schema does on deletion what its model declares', async () => {
      const { sql: db } = data.connection;
      const folder = join(shippedSchemaFolder(), 'models');
      const files = (await readdir(folder)).filter((name) => name.endsWith('.prisma'));
      const models = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
      const declared = [...models.join('').matchAll(/onDelete: (\w+)/g)].map(([, action]) => action ?? '');
      const keys = await db.all<{ readonly on_delete: string; readonly place: number; readonly table: string }>(
        db.dialect.foreignKeyColumns,
      );
      // A key has a row for each of its columns.
      const first = Math.min(...keys.map(({ place }) => place));
      const actions = keys.filter(({ place, table }) => place === first && table !== 'children');
      const toWords: Readonly<Record<string, string>> = {
        Cascade: 'CASCADE',
        NoAction: 'NO ACTION',
        SetNull: 'SET NULL',
      };
      expect(declared.length).toBeGreaterThan(0);
      expect(actions.map(({ on_delete }) => on_delete).sort()).toEqual(
        declared.map((action) => toWords[action] ?? action).sort(),
      );
    });

    // 10. Saving the state of a step failed after its row had been committed.
    it('what a step has come to is saved as a whole, or not at all and its step waits', async () => {
      const { scope, documentId, claims, runId } = await stepAtWork();
      const save = (fails: boolean) =>
        scope.transaction(async (inner) => {
          const { steps, stages } = data.within(inner);
          await steps.complete(claims);
          await stages.set([{ documentId, stage: 'work', status: 'completed', runId }]);
          if (fails) throw new TypeError('a list cannot be awaited');
        });
      const stored = async () => {
        const { documents, steps } = data.within(scope);
        const completed = await documents.count({ stage: { stage: 'work', statuses: ['completed'] } });
        return { completed, running: (await steps.open({ type: 'work', runIds: [runId] })).running };
      };
      await expect(save(true)).rejects.toThrow(TypeError);
      expect(await stored()).toEqual({ completed: 0, running: 1 });
      await save(false);
      expect(await stored()).toEqual({ completed: 1, running: 0 });
    });

    // 11. Loading a saved state failed always, since what had been parsed was parsed again.
    it('what was saved is loaded as it was', async () => {
      const { db } = data;
      const document = { state: { a: [1, null, 'x'], b: true } };
      await db.execute(sql`INSERT INTO kinds (id, doc) VALUES (${1}, ${json(document)})`);
      expect(await db.one(sql`SELECT doc FROM kinds WHERE id = ${1}`)).toEqual({ doc: document });
      const { runs } = await data.repositories();
      const { id } = await runs.open(RUN);
      await runs.finish({ runId: id, status: 'completed', output: document });
      expect(await runs.find(id)).toMatchObject({ input: RUN.input, output: document });
    });

    // 11. An error in a list that was read elsewhere at the same time was swallowed.
    it('of two that read at once, the one that fails says so', async () => {
      const { db } = data;
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${1})`);
      const [sound, broken] = await Promise.allSettled([
        db.all(sql`SELECT id FROM kinds`),
        db.all(rawSql('SELECT doc FROM nothing')),
      ]);
      expect(sound).toEqual({ status: 'fulfilled', value: [{ id: 1 }] });
      expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'db.query-failed' } });
    });

    // 11. Deleting removed rows and said that it had removed none.
    it('a deletion says how many rows are gone', async () => {
      const { db } = data;
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${1}), (${2}), (${3})`);
      expect(await db.execute(sql`DELETE FROM kinds WHERE id IN (${[1, 2, 9]})`)).toBe(2);
      const { scope, runId } = await stepAtWork();
      const { runs } = data.within(scope);
      await runs.cancel(runId);
      const { deleted } = await runs.delete(runId);
      expect(deleted).toMatchObject({ runs: 1, run_items: 1, steps: 1 });
      expect(await runs.find(runId)).toBeUndefined();
    });

    // 12. Deleting failed in the middle, and left half of it.
    it('a deletion that fails has deleted nothing', async () => {
      const { connection, db } = data;
      await db.execute(sql`INSERT INTO kinds (id) VALUES (${1}), (${2})`);
      const remove = connection.transaction(async ({ sql: one }) => {
        await one.execute(sql`DELETE FROM kinds WHERE id = ${1}`);
        await one.execute(rawSql('DELETE FROM nothing'));
      });
      await expect(remove).rejects.toMatchObject({ code: 'db.query-failed' });
      expect(await db.one(sql`SELECT count(*) AS count FROM kinds`)).toEqual({ count: 2 });
      const { scope, documentId } = await stepAtWork();
      const { documents } = data.within(scope);
      await expect(documents.delete([documentId, 'https://nexusql.example/unknown'])).rejects.toMatchObject({
        code: 'db.not-found',
      });
      expect(await documents.find(documentId)).toBeDefined();
    });

    // Read: which states were to be kept, and how long, was not looked at when deleting.
    it('a deletion keeps what it is told to keep', async () => {
      const { runs } = await data.repositories('keeping');
      const ids: string[] = [];
      for (let number = 0; number < 3; number += 1) {
        const { id } = await runs.open(RUN);
        await runs.finish({ runId: id, status: 'completed' });
        ids.push(id);
      }
      expect((await runs.prune({ keep: 1 })).deleted.runs).toBe(2);
      expect((await runs.page()).items.map(({ id }) => id)).toEqual(ids.slice(2));
      expect((await runs.prune({ olderThanMs: 3_600_000 })).deleted).toEqual({});
    });

    // Read: a script was split at every semicolon.
    it('a semicolon in a text or a comment ends no statement of a script', async () => {
      const { connection, db } = data;
      const script = `INSERT INTO kinds (id, note) VALUES (1, 'a;b'); /* ; */ INSERT INTO kinds (id, note) VALUES (2, ';')`;
      expect(splitStatements(script, connection.provider)).toHaveLength(2);
      await connection.runScript(({ exec }) => exec(script));
      expect(await db.all(sql`SELECT note FROM kinds ORDER BY id`)).toEqual([{ note: 'a;b' }, { note: ';' }]);
    });

    // Read: one connection served all, and transactions did not nest.
    it('transactions nest, and others go on beside them', async () => {
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
