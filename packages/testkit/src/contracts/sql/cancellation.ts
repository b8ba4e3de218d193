import { sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { expectRejections } from './expect-rejections.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

const canceled = { code: 'db.canceled' };

/** Leaving off by an AbortSignal. */
export function sqlCancellationContract(harness: ContractHarness): void {
  describe(`canceling by a signal (${harness.name})`, () => {
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
      const rows = Array.from({ length: 400 }, (_, id) => [id]);
      await data.db.execute(
        sql`INSERT INTO kinds (id) SELECT id FROM ${data.db.dialect.records({ id: 'integer' }, rows)} AS r`,
      );
    });
    afterAll(() => data.close());

    const count = async (): Promise<unknown> => (await data.db.one(sql`SELECT count(*) AS x FROM kinds`)).x;
    const remove = sql`DELETE FROM kinds WHERE id < ${300}`;

    it('that is aborted beforehand lets nothing happen, and keeps its reason as the cause', async () => {
      const reason = new Error('the caller went away');
      const options = { signal: AbortSignal.abort(reason) };
      const { db, connection } = data;
      const read = async (): Promise<void> => {
        for await (const _row of db.iterate(sql`SELECT 1`, options)) break;
      };
      await expectRejections(
        [
          db.all(sql`SELECT 1`, options),
          db.one(sql`SELECT 1`, options),
          db.maybeOne(sql`SELECT 1`, options),
          db.query('SELECT 1', {}, options),
          db.execute(remove, options),
          read(),
          connection.transaction(({ sql: inner }) => inner.execute(remove), options),
        ],
        { ...canceled, cause: reason },
      );
      expect(await count()).toBe(400);
    });

    it('that is never aborted changes nothing', async () => {
      const { signal } = new AbortController();
      expect(await data.db.one(sql`SELECT ${1} AS x`, { signal })).toEqual({ x: 1 });
      expect(
        await data.connection.transaction(({ sql: db }) => db.all(sql`SELECT 1 AS x`, { signal }), { signal }),
      ).toEqual([{ x: 1 }]);
    });

    it('rolls a transaction back, whatever its work does meanwhile', async () => {
      const ending = new AbortController();
      const late = Promise.withResolvers<unknown>();
      const working = data.connection.transaction(
        async ({ sql: db }) => {
          await db.execute(remove);
          ending.abort(new Error('enough'));
          db.all(sql`SELECT 1`).then(late.resolve, late.resolve);
          return new Promise(() => {});
        },
        { signal: ending.signal },
      );
      await expect(working).rejects.toMatchObject(canceled);
      expect(await late.promise).toMatchObject(canceled);
      expect(await count()).toBe(400);
    });

    it('ends the loop over rows, by itself and in a transaction', async () => {
      const { connection } = data;
      const read = async (db: typeof data.db): Promise<number> => {
        const ending = new AbortController();
        let seen = 0;
        const rows = db.iterate(sql`SELECT id FROM kinds`, { signal: ending.signal });
        const loop = async (): Promise<void> => {
          for await (const _row of rows) {
            seen += 1;
            if (seen === 200) ending.abort();
          }
        };
        await expect(loop()).rejects.toMatchObject(canceled);
        return seen;
      };
      expect(await read(connection.sql)).toBe(200);
      expect(await connection.transaction(({ sql: db }) => read(db))).toBe(200);
      expect(await count()).toBe(400);
    });

    it('ends the wait for another transaction', async () => {
      const ending = new AbortController();
      const { signal } = ending;
      await data.connection.transaction(async ({ sql: inner }) => {
        await inner.execute(sql`UPDATE kinds SET note = 'held' WHERE id = 1`);
        const waiting = [
          data.db.execute(sql`UPDATE kinds SET note = 'mine' WHERE id = 1`, { signal }),
          data.connection.transaction(
            ({ sql: other }) => other.execute(sql`UPDATE kinds SET note = 'ours' WHERE id = 1`),
            {
              signal,
            },
          ),
        ];
        setTimeout(() => ending.abort(), 30);
        await expectRejections(waiting, canceled);
      });
      expect(await data.db.one(sql`SELECT note FROM kinds WHERE id = 1`)).toEqual({ note: 'held' });
    });
  });
}
