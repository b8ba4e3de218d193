import { clients, type SheafClient } from '@sheaf/client';
import { defineErrors } from '@sheaf/core';
import { type Connection, connect, rawSql, type Session, sql, type TransactionOptions } from '@sheaf/db';
import { type OpenedData, openTestData } from '@sheaf/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const secondConnection = (data: OpenedData): Promise<Connection<SheafClient>> =>
  connect({ url: data.url, clients, pool: { max: 2 }, sqlite: { busyTimeoutMs: 50 } });

/** Resolves once it has been called so many times. */
function meeting(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = count;
  return () => {
    missing -= 1;
    if (missing === 0) resolve();
    return promise;
  };
}

describe('transactions of PostgreSQL that are in each other’s way', () => {
  let data: OpenedData;
  let db: OpenedData['connection'];
  beforeAll(async () => {
    data = await openTestData({ provider: 'postgresql', clients });
    db = data.connection;
    await db.sql.execute(rawSql('CREATE TABLE counters (id integer PRIMARY KEY, value integer NOT NULL)'));
  });
  afterAll(() => data.close());
  beforeEach(async () => {
    await db.sql.execute(rawSql('DELETE FROM counters'));
    await db.sql.execute(rawSql('INSERT INTO counters VALUES (1, 0), (2, 0)'));
  });

  const read = async ({ sql: inner }: Pick<Session<unknown>, 'sql'>, id: number): Promise<number> =>
    (await inner.one<{ readonly value: number }>(sql`SELECT value FROM counters WHERE id = ${id}`)).value;
  const add = ({ sql: inner }: Pick<Session<unknown>, 'sql'>, id: number): Promise<number> =>
    inner.execute(sql`UPDATE counters SET value = value + 1 WHERE id = ${id}`);

  /** Both read before either writes: one of them has to be given up. */
  const addBoth = (options: TransactionOptions): Promise<PromiseSettledResult<unknown>[]> => {
    const meet = meeting(2);
    const one = async (session: Session<unknown>): Promise<void> => {
      const value = await read(session, 1);
      await meet();
      await session.sql.execute(sql`UPDATE counters SET value = ${value + 1} WHERE id = 1`);
    };
    return Promise.allSettled([db.transaction(one, options), db.transaction(one, options)]);
  };

  it('lose nothing: one of two is given up, with a code that says so', async () => {
    const results = await addBoth({ isolation: 'repeatable-read' });
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'db.conflict', isRetryable: true, cause: { code: '40001' } },
    });
    expect(await read(db, 1)).toBe(1);
  });

  it('run again where they may, so that both have done their work', async () => {
    for (const isolation of ['repeatable-read', 'serializable'] as const) {
      const before = await read(db, 1);
      const results = await addBoth({ isolation, retries: 5 });
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect((await read(db, 1)) - before).toBe(2);
    }
  });

  it('run again also when only COMMIT tells the conflict', async () => {
    const meet = meeting(2);
    let runs = 0;
    const skewed = (from: number, to: number): Promise<void> =>
      db.transaction(
        async (session) => {
          runs += 1;
          const value = await read(session, from);
          await session.sql.execute(sql`UPDATE counters SET value = ${value + 1} WHERE id = ${to}`);
          await meet();
        },
        { isolation: 'serializable', retries: 5 },
      );
    await Promise.all([skewed(1, 2), skewed(2, 1)]);
    expect(runs).toBeGreaterThan(2);
    // One after the other, in either order: the second has seen what the first wrote.
    expect([await read(db, 1), await read(db, 2)].sort()).toEqual([1, 2]);
  });

  it('are told apart from what failed otherwise when the work passes over the conflict', async () => {
    const meet = meeting(2);
    const passing = (): Promise<string> =>
      db.transaction(
        async (session) => {
          await read(session, 1);
          await meet();
          return add(session, 1).then(
            () => 'written',
            () => 'passed over',
          );
        },
        { isolation: 'repeatable-read', retries: 5 },
      );
    expect(await Promise.all([passing(), passing()])).toEqual(['written', 'written']);
    expect(await read(db, 1)).toBe(2);
  });

  it('end a deadlock, and run again', async () => {
    await db.sql.execute(
      rawSql(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database()); END $$`,
      ),
    );
    const other = await secondConnection(data);
    try {
      const meet = meeting(2);
      const both = (first: number, second: number, options: TransactionOptions): Promise<void> =>
        other.transaction(async (session) => {
          await add(session, first);
          await meet();
          await add(session, second);
        }, options);
      await Promise.all([both(1, 2, { retries: 3 }), both(2, 1, { retries: 3 })]);
      expect([await read(db, 1), await read(db, 2)]).toEqual([2, 2]);
    } finally {
      await other.close();
    }
  });
});

describe('transactions of SQLite in several processes’ places', () => {
  let data: OpenedData;
  let other: Connection<SheafClient>;
  beforeAll(async () => {
    data = await openTestData({ provider: 'sqlite', clients });
    other = await secondConnection(data);
    await other.sql.execute(rawSql('CREATE TABLE counters (id integer PRIMARY KEY, value integer NOT NULL)'));
    await other.sql.execute(rawSql('INSERT INTO counters VALUES (1, 0)'));
  });
  afterAll(async () => {
    await other.close();
    await data.close();
  });

  const add = ({ sql: inner }: Session<unknown>): Promise<number> =>
    inner.execute(sql`UPDATE counters SET value = value + 1`);

  it('begin again where they may, when the lock was not to be had for long', async () => {
    const { promise: isHeld, resolve: held } = Promise.withResolvers<void>();
    const { promise: isOver, resolve: release } = Promise.withResolvers<void>();
    const holder = data.connection.transaction(async () => {
      held();
      await isOver;
    });
    await isHeld;
    let runs = 0;
    const count = (session: Session<unknown>): Promise<number> => {
      runs += 1;
      return add(session);
    };
    await expect(other.transaction(count)).rejects.toMatchObject({ code: 'db.busy', isRetryable: true });
    expect(runs).toBe(0);
    const patient = other.transaction(count, { retries: 1_000 });
    setTimeout(release, 150);
    expect(await patient).toBe(1);
    expect(runs).toBe(1);
    await holder;
  });
});

describe.each(['sqlite', 'postgresql'] as const)('work that says it is repeatable, on %s', (provider) => {
  const errors = defineErrors('db', {
    conflict: { message: () => 'Another one was in the way.', hint: 'Again.' },
    busy: { message: () => 'Another one has the lock.', hint: 'Wait.' },
  });
  let data: OpenedData;
  beforeAll(async () => {
    data = await openTestData({ provider, clients });
  });
  afterAll(() => data.close());

  const runsOf = async (name: 'conflict' | 'busy', options: TransactionOptions): Promise<number> => {
    let runs = 0;
    const working = data.connection.transaction(async () => {
      runs += 1;
      throw errors.create(name, {});
    }, options);
    await expect(working).rejects.toMatchObject({ code: `db.${name}` });
    return runs;
  };

  it('runs again after a conflict, and not after a wait that was in vain', async () => {
    expect(await runsOf('conflict', {})).toBe(1);
    expect(await runsOf('conflict', { isRepeatable: true })).toBe(5);
    expect(await runsOf('conflict', { isRepeatable: true, retries: 6 })).toBe(7);
    expect(await runsOf('busy', { isRepeatable: true })).toBe(1);
    expect(await runsOf('busy', { isRepeatable: true, retries: 2 })).toBe(3);
  });

  it('is its outermost transaction’s to repeat', async () => {
    let runs = 0;
    const nested = async (session: Session<unknown>): Promise<void> =>
      session.transaction(
        async () => {
          runs += 1;
          throw errors.create('conflict', {});
        },
        { isRepeatable: true },
      );
    await expect(data.connection.transaction(nested)).rejects.toMatchObject({ code: 'db.conflict' });
    expect(runs).toBe(1);
  });
});
