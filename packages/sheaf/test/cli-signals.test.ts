import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { connect, sql } from '@sheaf/db';
import {
  createTempFolder,
  createTestDatabase,
  type FixtureExit,
  type FixtureProcess,
  runFixture,
  type TempFolder,
} from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';
import { type SlowSite, startSlowSite } from './slow-site.ts';

const PAGES = 6;

let folder: TempFolder;
let site: SlowSite;
beforeAll(async () => {
  folder = await createTempFolder('cli-signals');
  site = await startSlowSite(PAGES);
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

let databases = 0;
const newDatabase = (): string => {
  databases += 1;
  const file = join(folder.path, `${databases}.db`);
  writeFileSync(file, '');
  return file;
};
const web = ['--allow-private', '--min-delay', '0'];
const start = (...argv: string[]): FixtureProcess => runFixture(new URL('../src/cli.ts', import.meta.url), argv);

/** Runs a command to its end in this process, where it must succeed. */
async function run(database: string, ...argv: string[]): Promise<string> {
  const { code, out, err } = await cli([...argv, '--database', database], { cwd: folder.path });
  expect(code, err).toBe(0);
  return out;
}
const json = async (database: string, ...argv: string[]) => JSON.parse(await run(database, ...argv, '--json'));

function configure(name: string, text: string): string {
  const file = join(folder.path, `${name}.config.mjs`);
  writeFileSync(file, text);
  return file;
}

/** A configuration with one plugin, as data. */
const pluginConfig = (name: string, plugin: string): string =>
  configure(
    name,
    `const say = console.log;
    const input = () => new Promise((resolve) => process.stdin.once('data', resolve).resume());
    const never = () => new Promise(() => setInterval(() => {}, 1_000));
    export default { plugins: [{ id: 'slow', needs: {}, tools: {}, repositories: () => ({}), setup: () => ({}), ${plugin} }] };`,
  );

/** An end by a signal: its exit code, one line of error with a hint, nothing of a stack, nothing on standard output. */
function expectInterruption({ code, signal, errorOutput }: FixtureExit, expected: number, error: string): void {
  expect([code, signal]).toEqual([expected, null]);
  const lines = errorOutput.trimEnd().split('\n');
  expect(lines.at(-2)).toMatch(new RegExp(`^error ${error}: `));
  expect(errorOutput).not.toMatch(/^\s+at /m);
}

/** No process and no row holds anything: the file can be locked as a whole, and no worker is registered. */
async function expectReleased(url: string): Promise<void> {
  const connection = await connect({ url, clients, sqlite: { busyTimeoutMs: 1 } });
  try {
    await connection.sql.execute(sql`UPDATE workspaces SET slug = slug`);
    expect(await connection.sql.all(sql`SELECT id FROM workers`)).toEqual([]);
  } finally {
    await connection.close();
  }
}

async function holdTransaction(url: string, statement = sql`SELECT 1`): Promise<() => Promise<void>> {
  const connection = await connect({ url, clients });
  const entered = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const transaction = connection.transaction(async (session) => {
    await session.sql.all(statement);
    entered.resolve();
    await released.promise;
  });
  await entered.promise;
  return async () => {
    released.resolve();
    await transaction;
    await connection.close();
  };
}

// Each starts a process or several, which takes its time on a busy machine.
describe('a signal', { timeout: 120_000 }, () => {
  it('while the configuration is read ends at once', async () => {
    const config = configure(
      'endless',
      "console.log('reading'); await new Promise(() => setInterval(() => {}, 1000));",
    );
    const child = start('status', '--config', config, '--database', join(folder.path, 'unmade.db'));
    await child.line(/^reading$/);
    expectInterruption(await child.kill('SIGHUP'), 129, 'cli.interrupted');
  });

  it('while plugins start ends at once, and the next command works', async () => {
    const database = newDatabase();
    const config = pluginConfig('starting', "setup: async () => { say('starting'); await never(); return {}; }");
    const child = start('status', '--config', config, '--database', database);
    await child.line(/^starting$/);
    expectInterruption(await child.kill('SIGTERM'), 143, 'cli.interrupted');
    expect(await json(database, 'status')).toMatchObject({ openRuns: 0 });
    await expectReleased(database);
  });

  it('while a migration waits for the lock of SQLite ends at once and leaves nothing half-done', async () => {
    const database = newDatabase();
    const release = await holdTransaction(database);
    const config = configure('loaded', "console.log('loaded'); export default {};");
    const child = start('db', 'migrate', '--config', config, '--database', database);
    await child.line(/^loaded$/);
    expectInterruption(await child.kill('SIGINT'), 130, 'cli.interrupted');
    await release();
    expect((await json(database, 'db', 'migrate')).applied).toContainEqual(expect.stringMatching(/_init$/));
  });

  it('while a migration waits for another on PostgreSQL ends at once and leaves nothing half-done', async () => {
    const { url, drop } = await createTestDatabase('postgresql');
    const fresh = `${url}?schema=fresh`;
    // The lock of whoever migrates.
    const release = await holdTransaction(url, sql`SELECT pg_advisory_xact_lock(${72_707_369}::bigint)::text`);
    const watch = await connect({ url, clients });
    const child = start('db', 'migrate', '--database', fresh);
    const waiting = () =>
      watch.sql.all(sql`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())`);
    await expect.poll(waiting, { timeout: 20_000 }).toHaveLength(1);
    expectInterruption(await child.kill('SIGTERM'), 143, 'cli.interrupted');
    await release();
    await watch.close();
    expect((await json(fresh, 'db', 'migrate')).applied).toContainEqual(expect.stringMatching(/_init$/));
    await drop();
  });

  it('while a site is mapped leaves a run that the same command goes on with', async () => {
    const database = newDatabase();
    const held = site.hold('/sitemap.xml');
    const map = ['map', `${site.origin}/`, '--method', 'sitemap', ...web];
    const child = start(...map, '--database', database);
    await held.requested;
    const exit = await child.kill('SIGINT');
    held.release();
    expectInterruption(exit, 130, 'engine.canceled');
    expect(exit.lines).toEqual([]);
    await expectReleased(database);
    expect((await json(database, 'status')).openRuns).toBe(1);
    expect(await json(database, ...map)).toMatchObject({ discovered: PAGES });
    const runs = await run(database, 'runs', '--json');
    expect(runs.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(runs)).toMatchObject({ tool: 'map.run', status: 'completed' });
  });

  it('while pages are fetched keeps what is done, and the same command goes on', async () => {
    const database = newDatabase();
    await run(database, 'map', `${site.origin}/`, '--method', 'sitemap', ...web);
    const held = site.hold('/3');
    const fetch = ['fetch', '--concurrency', '1', ...web];
    const child = start(...fetch, '--database', database);
    await held.requested;
    const exit = await child.kill('SIGTERM');
    held.release();
    expectInterruption(exit, 143, 'engine.canceled');
    expect((await json(database, 'status')).stages.fetch).toMatchObject({ completed: 3, pending: PAGES - 3 });
    await expectReleased(database);
    expect(await json(database, ...fetch)).toMatchObject({ isResumed: true, completed: PAGES });
    expect(await json(database, 'status')).toMatchObject({ openRuns: 0, stages: { fetch: { completed: PAGES } } });
  });

  it('while results wait to be saved saves them, or leaves them for the next time', async () => {
    const database = newDatabase();
    await run(database, 'map', `${site.origin}/`, '--method', 'sitemap', ...web);
    const [first, second] = [site.hold('/0'), site.hold('/1')];
    const fetch = ['fetch', '--concurrency', '2', ...web];
    const child = start(...fetch, '--database', database);
    await Promise.all([first.requested, second.requested]);
    // Nothing can be written from here on: with its page read, the process comes as far as saving it and no further.
    const release = await holdTransaction(database);
    first.release();
    child.signal('SIGINT');
    await release();
    const exit = await child.exited;
    second.release();
    expectInterruption(exit, 130, 'engine.canceled');
    await expectReleased(database);
    expect(await json(database, ...fetch)).toMatchObject({ isResumed: true, completed: PAGES, failed: 0 });
    const { stages } = await json(database, 'status');
    expect(stages.fetch).toMatchObject({ completed: PAGES, pending: 0 });
  });

  it('while everything is closed changes nothing: the work is done', async () => {
    const database = newDatabase();
    const config = pluginConfig(
      'closing',
      "stop: async () => { say('closing'); await input(); process.stdin.pause(); }",
    );
    const child = start('status', '--json', '--config', config, '--database', database);
    await child.line(/^closing$/);
    child.signal('SIGINT');
    child.send('go on');
    const { code, lines, errorOutput } = await child.exited;
    expect([code, errorOutput]).toEqual([0, '']);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ openRuns: 0 });
    await expectReleased(database);
  });

  it('that comes a second time ends at once', async () => {
    const config = pluginConfig(
      'stubborn',
      "stop: async () => { say('closing'); process.once('SIGTERM', () => say('once')); await never(); }",
    );
    const child = start('status', '--quiet', '--config', config, '--database', newDatabase());
    await child.line(/^closing$/);
    child.signal('SIGTERM');
    await child.line(/^once$/);
    const { code, signal, errorOutput } = await child.kill('SIGTERM');
    expect([code, signal, errorOutput]).toEqual([143, null, '']);
  });
});
