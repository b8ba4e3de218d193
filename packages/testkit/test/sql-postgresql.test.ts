import { clients, type SheafClient } from '@sheaf/client';
import { type Connection, connect, rawSql, type SqlExecutor, sql } from '@sheaf/db';
import { type OpenedData, openTestData } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const canceled = { code: 'db.canceled' };
/** Far longer than a test may take. */
const forever = rawSql('SELECT pg_sleep(600)');

/** A connection with a pool so small that whatever is not given back is missed. */
let data: OpenedData;
let db: Connection<SheafClient>;
beforeAll(async () => {
  data = await openTestData({ provider: 'postgresql', clients });
  db = await connect({ url: data.url, clients, pool: { max: 2, connectTimeoutMs: 2_000 } });
  await db.sql.execute(rawSql('CREATE TABLE notes (id integer PRIMARY KEY)'));
});
afterAll(async () => {
  await db.close();
  await data.close();
});

/** What other connections of this database do that ought to end: sleep, or hold a transaction open. */
function lingering(): Promise<unknown[]> {
  return data.connection.sql.all(sql`
    SELECT state, wait_event FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND (state LIKE ${'idle in transaction%'} OR wait_event = 'PgSleep')`);
}

async function untilSleeping(): Promise<void> {
  await expect.poll(lingering).toContainEqual({ state: 'active', wait_event: 'PgSleep' });
}

async function afterSleep(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const ending = new AbortController();
  const working = work(ending.signal);
  const outcome = expect(working).rejects.toMatchObject(canceled);
  await untilSleeping();
  ending.abort();
  await outcome;
  expect(await lingering()).toEqual([]);
}

describe('a statement in a workspace', () => {
  it('that fails leaves nothing behind on its connection', async () => {
    const { sql: scoped } = db.forWorkspace(1);
    const settings = sql`SELECT current_user AS role, current_setting('sheaf.workspace_id', true) AS workspace`;
    const login = await db.sql.one(settings);
    await Promise.all(
      [1, 2, 3, 4].map(async () => {
        await expect(scoped.all(rawSql('SELECT 1 / 0'))).rejects.toMatchObject({ code: 'db.query-failed' });
        expect(await db.sql.one(settings)).toEqual({ ...login, workspace: '' });
      }),
    );
    expect(await lingering()).toEqual([]);
  });

  it('fails if it cannot be committed', async () => {
    await db.sql.execute(rawSql('CREATE TABLE links (id integer REFERENCES notes DEFERRABLE INITIALLY DEFERRED)'));
    await db.sql.execute(rawSql('GRANT ALL ON links, notes TO PUBLIC'));
    const { sql: scoped } = db.forWorkspace(1);
    for (const _ of [1, 2, 3]) {
      await expect(scoped.execute(sql`INSERT INTO links VALUES (${1})`)).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
    }
    expect(await db.sql.all(rawSql('SELECT id FROM links'))).toEqual([]);
  });
});

describe('a statement that runs on PostgreSQL', () => {
  it('is ended by its signal, and the connections go on', async () => {
    for (let round = 0; round < 3; round += 1) await afterSleep((signal) => db.sql.all(forever, { signal }));
    expect(await Promise.all([db.sql.one(sql`SELECT 1 AS x`), db.sql.one(sql`SELECT 2 AS x`)])).toEqual([
      { x: 1 },
      { x: 2 },
    ]);
  });

  it('is ended by its signal in a transaction, which is then rolled back', async () => {
    await afterSleep((signal) =>
      db.transaction(async ({ sql: inner }) => {
        await inner.execute(sql`INSERT INTO notes VALUES (1)`);
        await inner.all(forever, { signal });
      }),
    );
    expect(await db.sql.all(sql`SELECT id FROM notes`)).toEqual([]);
  });

  it('is ended by the signal of its transaction', async () => {
    await afterSleep((signal) => db.transaction(({ sql: inner }) => inner.all(forever), { signal }));
  });

  it('of the Prisma client is ended by the signal of its transaction', async () => {
    await afterSleep((signal) =>
      db.transaction(({ client }) => client.$queryRaw`SELECT pg_sleep(600)::text`, { signal }),
    );
  });

  it('is ended with the time of its transaction', async () => {
    await expect(db.transaction(({ sql: inner }) => inner.all(forever), { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'db.transaction-timeout',
    });
    expect(await lingering()).toEqual([]);
  });

  it('is ended in the middle of its rows', async () => {
    const slow = sql`SELECT i, CASE WHEN i > 200 THEN pg_sleep(600)::text END AS x FROM generate_series(1, 1000) AS i`;
    const read = async (inner: SqlExecutor, signal: AbortSignal): Promise<void> => {
      for await (const { i } of inner.iterate(slow, { signal })) expect(i).toBeLessThan(201);
    };
    await afterSleep((signal) => read(db.sql, signal));
    await afterSleep((signal) => db.transaction(({ sql: inner }) => read(inner, signal)));
  });

  it('is ended by the server’s own limit, with a code for that', async () => {
    const limited = await connect<SheafClient>({ url: data.url, clients, pool: { statementTimeoutMs: 50 } });
    await expect(limited.sql.all(forever)).rejects.toMatchObject({
      code: 'db.statement-timeout',
      cause: { code: '57014' },
    });
    await limited.close();
  });

  it('waits for a connection no longer than its signal lets it', async () => {
    const ending = new AbortController();
    const { promise: isOver, resolve: release } = Promise.withResolvers<void>();
    const holders = [1, 2].map(() => db.snapshot(() => isOver));
    const { signal } = ending;
    const waiting = [db.sql.all(sql`SELECT 1`, { signal }), db.transaction(async () => 1, { signal })];
    const outcomes = Promise.allSettled(waiting);
    ending.abort();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: canceled });
    release();
    await Promise.all(holders);
    expect(await Promise.all([1, 2].map(() => db.transaction(async () => 1)))).toEqual([1, 1]);
  });
});

describe('a transaction on PostgreSQL', () => {
  it('is not taken for committed when the Prisma client passed over a failure', async () => {
    const passing = db.transaction(async ({ client }) => {
      await client.workspace.create({ data: { slug: 'one', name: 'one', createdAt: new Date() } as never });
      await expect(client.$executeRaw`INSERT INTO no_such_table VALUES (1)`).rejects.toThrow();
      return 'done';
    });
    await expect(passing).rejects.toMatchObject({ code: 'db.transaction-failed' });
    expect(await db.sql.all(sql`SELECT slug FROM workspaces WHERE slug = 'one'`)).toEqual([]);
  });

  it('survives a server that hangs up, and so does the process', async () => {
    const hangUp = async (inner: SqlExecutor): Promise<void> => {
      const { pid } = await inner.one<{ readonly pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      await data.connection.sql.all(sql`SELECT pg_terminate_backend(${pid})`);
      await inner.all(sql`SELECT 1`);
    };
    const lost = { code: 'db.connection-failed', isRetryable: true };
    await expect(db.transaction(({ sql: inner }) => hangUp(inner))).rejects.toMatchObject(lost);
    await expect(db.snapshot(hangUp)).rejects.toMatchObject(lost);
    const loop = async (): Promise<void> => {
      for await (const { pid } of db.sql.iterate<{ readonly pid: number }>(
        sql`SELECT pg_backend_pid() AS pid FROM generate_series(1, 1000)`,
      )) {
        await data.connection.sql.all(sql`SELECT pg_terminate_backend(${pid})`);
      }
    };
    await expect(loop()).rejects.toMatchObject(lost);
    expect(await Promise.all([1, 2, 3].map(() => db.sql.one(sql`SELECT 1 AS x`)))).toEqual([
      { x: 1 },
      { x: 1 },
      { x: 1 },
    ]);
  });

  it('sends one statement after the other, however they are asked for', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', note);
    const rows = await db.transaction(({ sql: inner, client }) =>
      Promise.all([inner.one(sql`SELECT 1 AS x`), client.$queryRaw`SELECT 2 AS x`, inner.one(sql`SELECT 3 AS x`)]),
    );
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(rows).toEqual([{ x: 1 }, [{ x: 2 }], { x: 3 }]);
    expect(warnings).toEqual([]);
  });
});
