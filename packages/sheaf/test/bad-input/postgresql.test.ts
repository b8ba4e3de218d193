import { createServer, type Server } from 'node:net';
import type { SheafClient } from '@sheaf/client';
import { connect, rawSql, type SqlExecutor } from '@sheaf/db';
import {
  createDatabase,
  createTempFolder,
  createTestDatabase,
  databaseUrl,
  dropDatabase,
  type PostgresServer,
  startOwnPostgres,
  type TempFolder,
  type TestDatabase,
} from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli } from '../cli-harness.ts';
import { diagnose } from '../support/diagnose.ts';
import { type BadSite, startBadSite } from './support/bad-site.ts';
import { expectFailure } from './support/expect-failure.ts';
import { readStored } from './support/stored.ts';

const noClient = { $transaction: () => Promise.reject(new Error('There is no client.')), $disconnect: async () => {} };

/** Runs statements, as whoever the URL names. */
async function execute(url: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const connection = await connect({ url, clients: { sqlite: () => noClient, postgresql: () => noClient } });
  try {
    let rows: readonly unknown[] = [];
    for (const statement of statements) rows = await connection.sql.all(rawSql(statement));
    return rows;
  } finally {
    await connection.close();
  }
}

let server: PostgresServer;
let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('postgresql');
  server = await startOwnPostgres();
  await execute(server.url, `CREATE ROLE poor LOGIN PASSWORD 's3cret-word'`);
  await execute(server.url, `CREATE ROLE alone LOGIN PASSWORD 's3cret-word' CONNECTION LIMIT 0`);
});
afterAll(async () => {
  await server.stop();
  await folder.remove();
});

const run = (url: string, ...argv: string[]) =>
  cli([...argv, '--database', url, '--allow-private', '--min-delay', '0'], {
    cwd: folder.path,
    env: { SHEAF_POOL_CONNECT_TIMEOUT_MS: '1000' },
  });
const address = (
  changes: Partial<Record<'username' | 'password' | 'hostname' | 'port' | 'pathname' | 'search', string>>,
) => Object.assign(new URL(server.url), changes).href;

/** A database of a test's own on the server that can be stopped. */
async function ownDatabase(name: string): Promise<string> {
  await createDatabase(server.url, name);
  onTestFinished(() => dropDatabase(server.url, name));
  return databaseUrl(server.url, name);
}

async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<string> {
  const silent: Server = createServer(onConnection as never);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  return String((silent.address() as { port: number }).port);
}

describe('a connection that is not to be had', () => {
  const hint = /server runs, and the host, port, user, password and database name/;

  it.each([
    ['a wrong password', { password: 's3cret-word' }, /password authentication failed for user "postgres"/],
    ['an unknown role', { username: 'nobody', password: 's3cret-word' }, /authentication failed for user "nobody"/],
    ['an unknown database', { pathname: '/nowhere' }, /\/nowhere: database "nowhere" does not exist/],
    ['a closed port', { port: '1' }, /127\.0\.0\.1:1\/postgres: connect ECONNREFUSED/],
    ['a host that does not resolve', { hostname: 'db.invalid' }, /db\.invalid/],
    ['a server without TLS', { search: '?sslmode=verify-full' }, /does not support SSL/],
    ['a schema that cannot be', { search: '?schema=a%22b' }, /search_path/],
  ])('is told: %s', async (_, changes, says) => {
    const result = await run(address(changes), 'status');
    expectFailure(result, { code: 'db.connection-failed', says, hint });
    expect(result.err).not.toContain('s3cret-word');
  });

  it('is told: a server that never answers', async () => {
    const port = await listen(() => {});
    const says = /connection timeout/;
    expectFailure(await run(address({ port }), 'status'), { code: 'db.connection-failed', says, hint });
  });

  it('is told: what is no PostgreSQL', async () => {
    const port = await listen(((socket: { end(text: string): void }) =>
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')) as never);
    const says = /terminated unexpectedly|unexpected/;
    expectFailure(await run(address({ port }), 'status'), { code: 'db.connection-failed', says, hint });
  });

  it('is told: too many connections', async () => {
    const result = await run(address({ username: 'alone', password: 's3cret-word' }), 'status');
    expectFailure(result, { code: 'db.connection-failed', says: /too many connections/, hint: /SHEAF_POOL_MAX/ });
  });
});

describe('a role without rights', () => {
  it.each([['status'], ['db', 'migrate']])('is told, and nothing is made: %s %s', async (...words) => {
    const url = await ownDatabase(`poor_${words[0]}`);
    const poor = Object.assign(new URL(url), { username: 'poor', password: 's3cret-word' }).href;
    const result = await run(poor, ...words.filter((word) => word !== undefined));
    expectFailure(result, { code: 'db.not-permitted', says: /permission denied for schema public/, hint: /owner/ });
    expect(await execute(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([]);
  });
});

describe('a database of another application', () => {
  it('keeps its tables, also when one has the name of ours', async () => {
    const url = await ownDatabase('foreign_conflict');
    await execute(url, 'CREATE TABLE documents (number integer)', 'INSERT INTO documents VALUES (42)');
    const result = await run(url, 'status');
    expectFailure(result, {
      code: 'db.migration-failed',
      says: /"documents" already exists/,
      hint: /as it was before/,
    });
    expect(await execute(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
      { tablename: 'documents' },
    ]);
    expect(await execute(url, 'SELECT number FROM documents')).toEqual([{ number: 42 }]);
  });

  it('keeps its tables beside ours', async () => {
    const url = await ownDatabase('foreign_beside');
    await execute(url, 'CREATE TABLE invoices (number integer)', 'INSERT INTO invoices VALUES (42)');
    expect((await run(url, 'status')).code).toBe(0);
    expect(await execute(url, 'SELECT number FROM invoices')).toEqual([{ number: 42 }]);
  });
});

const PAGES = 40;

/** A site of many pages, at one of which something happens. */
async function startSite(
  onPage: (number: number) => Promise<void>,
): Promise<BadSite & { readonly urls: readonly string[] }> {
  const numbers = Array.from({ length: PAGES }, (_, index) => index + 1);
  const site = await startBadSite(
    Object.fromEntries(
      numbers.map((number) => [
        `/page/${number}`,
        async (response) => {
          await onPage(number);
          response
            .writeHead(200, { 'content-type': 'text/html' })
            .end(`<title>Page ${number}</title><p>Number ${number}.`);
        },
      ]),
    ),
  );
  onTestFinished(() => site.close());
  return { ...site, urls: numbers.map((number) => `${site.origin}/page/${number}`) };
}

describe('a database that goes away in the middle', () => {
  it('is told; the same command goes on once it is back', async () => {
    const url = await ownDatabase('away');
    const site = await startSite(async (number) => {
      if (number === PAGES / 2 && isFirst) await server.setRunning(false);
    });
    // Whatever fails here, the other tests have their server.
    onTestFinished(() => server.setRunning(true));
    let isFirst = true;
    const first = await run(url, 'fetch', ...site.urls);
    isFirst = false;
    // Before anything is expected: what follows needs the server, too.
    await server.setRunning(true);
    expectFailure(first, { code: 'db.connection-failed', says: /away: /, hint: /server runs/ });
    const between = await readStored(url);
    expect(between.documents).toHaveLength(PAGES);
    expect(await diagnose(url)).toEqual([]);

    const second = await run(url, 'fetch', ...site.urls, '--json');
    expect([second.code, JSON.parse(second.out)]).toMatchObject([0, { isResumed: true, completed: PAGES, failed: 0 }]);
    const after = await readStored(url);
    expect(after.versions).toHaveLength(PAGES);
    expect(after.versions).toEqual(expect.arrayContaining([...between.versions]));
    expect(await diagnose(url)).toEqual([]);
  }, 60_000);

  it('does not matter where only idle connections were killed', async () => {
    const url = await ownDatabase('killed');
    const site = await startSite(async (number) => {
      if (number === PAGES / 2) await execute(server.url, KILL_IDLE);
    });
    const result = await run(url, 'fetch', ...site.urls, '--concurrency', '1', '--json');
    expect([result.code, JSON.parse(result.out || '{}')], result.err).toMatchObject([
      0,
      { completed: PAGES, failed: 0 },
    ]);
    expect((await readStored(url)).versions).toHaveLength(PAGES);
    expect(await diagnose(url)).toEqual([]);
  });

  it('is told where the connection of a transaction was killed, and undoes that transaction alone', async () => {
    const url = await ownDatabase('cut');
    const site = await startSite(async () => {});
    await run(url, 'fetch', ...site.urls.slice(0, 5));
    const stored = await readStored(url);
    // Whoever writes the next result is cut off, as by an operator.
    await execute(url, CUT_FUNCTION, CUT_TRIGGER);
    const result = await run(url, 'fetch', ...site.urls);
    expectFailure(result, { code: 'db.connection-failed', says: /cut: .*terminat/, hint: /server runs/ });
    await execute(url, 'DROP FUNCTION cut CASCADE');
    expect((await readStored(url)).versions).toEqual(stored.versions);
    expect((await run(url, 'fetch', ...site.urls)).code).toBe(0);
    expect((await readStored(url)).versions).toHaveLength(PAGES);
    expect(await diagnose(url)).toEqual([]);
  });
});

describe('a transaction whose connection is killed', () => {
  const kill = (pid: number) => execute(server.url, `SELECT pg_terminate_backend(${pid}, 10000)`);

  it.each([
    ['before it commits', async () => {}],
    ['before the next use of the Prisma client', (client: SheafClient) => client.workspace.findMany()],
    ['before the next statement', (_: SheafClient, sql: SqlExecutor) => sql.all(rawSql('SELECT 1'))],
  ])('%s fails with a code', async (_, next) => {
    const url = await ownDatabase('transaction');
    const sheaf = await createSheaf({ url });
    const failing = sheaf.connection.transaction(async ({ sql, client }) => {
      const { pid } = await sql.one<{ pid: number }>(rawSql('SELECT pg_backend_pid() AS pid'));
      await kill(pid);
      await next(client as SheafClient, sql);
    });
    await expect(failing).rejects.toMatchObject({ code: 'db.connection-failed', isRetryable: true });
    await sheaf.close();
  });
});

it('a statement of the Prisma client whose connection is killed under it fails with a code', async () => {
  const url = await ownDatabase('statement');
  const sheaf = await createSheaf({ url });
  await execute(url, CUT_FUNCTION, CUT_TRIGGER.replace('fetch_results', 'workspaces'));
  const failing = sheaf.connection.transaction(({ client }) =>
    (client as SheafClient).workspace.create({ data: { slug: 'cut', name: 'Cut', createdAt: new Date() } }),
  );
  await expect(failing).rejects.toMatchObject({
    code: 'db.connection-failed',
    message: expect.stringMatching(/statement: terminating connection due to administrator command$/),
  });
  await sheaf.close();
});

// With a timeout it waits until they have ended.
const KILL_IDLE = `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'killed' AND state = 'idle'`;
const CUT_FUNCTION = `CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
  $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$`;
const CUT_TRIGGER = 'CREATE TRIGGER cut BEFORE INSERT ON fetch_results FOR EACH ROW EXECUTE FUNCTION cut()';

it('a database of a newer version is left alone', async () => {
  const database: TestDatabase = await createTestDatabase('postgresql');
  onTestFinished(() => database.drop());
  await execute(
    database.url,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('later', 'none', '20991231000000_later', now(), 1)`,
  );
  const result = await run(database.url, 'status');
  expectFailure(result, { code: 'db.database-newer', says: /20991231000000_later/, hint: /version that migrated it/ });
});
