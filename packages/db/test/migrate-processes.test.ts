import { stat } from 'node:fs/promises';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { applyMigrations, findMissingExtras, inspectMigrations, rawSql, sql } from '../src/index.ts';
import { appliedBy, schemaFolder, startPrisma, startRunner } from './migrate-programs.ts';
import { emptyDatabase, openDatabase, PROVIDERS, withDatabase } from './migrate-support.ts';

// Each start of the CLI takes a second or more.
vi.setConfig({ testTimeout: 90_000 });

/** The names in the bookkeeping, one for each record. */
async function recordedIn(url: string): Promise<string[]> {
  return withDatabase(url, async ({ sql: db }) => {
    const rows = await db.all<{ name: string }>(
      sql`SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  });
}

describe.each(PROVIDERS)('several processes that migrate on %s', (provider) => {
  test.each([2, 4])('%i runners at once apply each migration once', async (count) => {
    const url = await emptyDatabase(provider);
    const runners = Array.from({ length: count }, () => startRunner(url));
    const applied = (await Promise.all(runners.map(appliedBy))).flat();
    expect(applied.length).toBeGreaterThan(0);
    expect(await recordedIn(url)).toEqual(applied.sort());
    const connection = await openDatabase(url);
    expect(await inspectMigrations(connection)).toMatchObject({ applied, pending: [], failed: [] });
    expect(await findMissingExtras(connection)).toEqual([]);
  });

  test('a runner and prisma migrate deploy at once apply each migration once', async () => {
    const url = await emptyDatabase(provider);
    // Slow enough for the other to arrive meanwhile.
    const slow =
      provider === 'sqlite'
        ? 'CREATE TABLE slow AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000) SELECT n FROM c;'
        : 'CREATE TABLE slow (id integer); SELECT pg_sleep(0.5);';
    const folder = await schemaFolder({
      provider,
      migrations: { '1_slow': slow, '2_next': 'CREATE TABLE next (id integer);' },
    });
    const deployment = startPrisma({ provider, url, folder }, 'migrate', 'deploy');
    const applied = await appliedBy(startRunner(url, folder));
    const { code, output } = await deployment.ended;
    expect(code, output).toBe(0);
    expect(await recordedIn(url)).toEqual(['1_slow', '2_next']);
    const theirs = [...output.matchAll(/└─ (\w+)\/$/gm)].map(([, name]) => name);
    expect([...applied, ...theirs].sort()).toEqual(['1_slow', '2_next']);
  });
});

describe('a runner and Prisma on PostgreSQL', () => {
  /** Prisma Migrate's advisory lock. */
  const MIGRATING = 72_707_369;
  /** One of the test: a migration stops at it until the test gives it up. */
  const BRAKE = 42;
  const migrations = {
    '1_first': 'CREATE TABLE first (id integer);',
    '2_stops': `CREATE TABLE half (id integer); SELECT pg_advisory_xact_lock(${BRAKE}); CREATE TABLE whole (id integer);`,
  };

  /** Holds the brake, and sees who waits for a lock. */
  async function holdBrake(url: string) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(`SELECT pg_advisory_lock(${BRAKE})`);
    return {
      /** The server's processes that wait, once there are any. */
      waitingFor: (lock: number): Promise<number[]> =>
        vi.waitFor(
          async () => {
            const { rows } = await client.query<{ pid: number }>(
              `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${lock} AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
            );
            if (rows.length === 0) throw new Error(`nobody waits for ${lock}`);
            return rows.map(({ pid }) => pid);
          },
          { timeout: 60_000, interval: 20 },
        ),
      exists: async (table: string): Promise<boolean> =>
        (await client.query(`SELECT to_regclass('${table}') IS NOT NULL AS exists`)).rows[0].exists,
      release: () => client.query(`SELECT pg_advisory_unlock(${BRAKE})`),
    };
  }

  test('wait for each other, whoever came first', async () => {
    const folder = await schemaFolder({ provider: 'postgresql', migrations });
    for (const isRunnerFirst of [true, false]) {
      const url = await emptyDatabase('postgresql');
      const brake = await holdBrake(url);
      const starts = [
        () => startRunner(url, folder),
        () => startPrisma({ provider: 'postgresql', url, folder }, 'migrate', 'deploy'),
      ];
      const [first, second] = isRunnerFirst ? starts : starts.toReversed();
      const earlier = first?.();
      await brake.waitingFor(BRAKE);
      const later = second?.();
      await brake.waitingFor(MIGRATING);
      await brake.release();
      for (const program of [earlier, later]) expect(await program?.ended).toMatchObject({ code: 0 });
      expect(await recordedIn(url)).toEqual(['1_first', '2_stops']);
    }
  });

  test('a runner killed in the middle of a migration leaves nothing, and the next one goes on at once', async () => {
    const url = await emptyDatabase('postgresql');
    const folder = await schemaFolder({ provider: 'postgresql', migrations });
    const brake = await holdBrake(url);
    const killed = startRunner(url, folder);
    const [abandoned] = await brake.waitingFor(BRAKE);
    await killed.kill();

    // The server notices by itself: nobody gives it the lock that its migration waits for.
    const next = startRunner(url, folder);
    await vi.waitFor(async () => expect(await brake.waitingFor(BRAKE)).not.toContain(abandoned), { timeout: 60_000 });
    for (const table of ['first', 'half', 'whole']) expect(await brake.exists(table), table).toBe(false);
    await brake.release();
    expect(await appliedBy(next)).toEqual(['1_first', '2_stops']);
    expect(await recordedIn(url)).toEqual(['1_first', '2_stops']);
    expect(await brake.exists('whole')).toBe(true);
  });
});

describe('a runner on SQLite', () => {
  test('killed in the middle of a migration leaves nothing, and the next one goes on', async () => {
    const url = await emptyDatabase('sqlite');
    const first = 'CREATE TABLE amounts AS SELECT 1000000000 AS amount;';
    const second = `CREATE TABLE half (id integer);
      INSERT INTO half WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < (SELECT amount FROM amounts))
        SELECT n FROM c;
      CREATE TABLE whole (id integer);`;
    const folder = await schemaFolder({ provider: 'sqlite', migrations: { '1_first': first, '2_endless': second } });
    await withDatabase(url, (connection) =>
      applyMigrations(connection, { history: { migrations: [{ name: '1_first', script: first }], extras: '' } }),
    );
    const killed = startRunner(url, folder);
    // Rows that found no room in memory wait in the log for a commit.
    await vi.waitFor(async () => expect((await stat(`${url}-wal`)).size).toBeGreaterThan(4_000_000), {
      timeout: 60_000,
      interval: 20,
    });
    await killed.kill();

    await withDatabase(url, async (connection) => {
      expect(await inspectMigrations(connection, { folder })).toMatchObject({
        applied: ['1_first'],
        pending: ['2_endless'],
        failed: [],
      });
      expect(await connection.sql.tableExists('half')).toBe(false);
      expect(await connection.sql.all(rawSql('PRAGMA integrity_check'))).toEqual([{ integrity_check: 'ok' }]);
      await connection.sql.execute(sql`UPDATE amounts SET amount = 3`);
    });
    expect(await appliedBy(startRunner(url, folder))).toEqual(['2_endless']);
    await withDatabase(url, async ({ sql: db }) => {
      expect(await db.one(sql`SELECT count(*) AS count FROM half`)).toEqual({ count: 3 });
      expect(await db.tableExists('whole')).toBe(true);
    });
  });
});
