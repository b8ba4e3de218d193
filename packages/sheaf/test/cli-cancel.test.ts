import { createTempFolder, createTestDatabase, type TempFolder, type TestDatabase } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';
import { type SlowSite, startSlowSite } from './slow-site.ts';

const PAGES = 4;
const UNKNOWN = '01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88';
const web = ['--allow-private', '--min-delay', '0'];

let folder: TempFolder;
let site: SlowSite;
beforeAll(async () => {
  folder = await createTempFolder('cli-cancel');
  site = await startSlowSite(PAGES);
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

describe.each(['sqlite', 'postgresql'] as const)('sheaf cancel on %s', (provider) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(provider);
    const { code } = await sheaf(['map', `${site.origin}/`, '--method', 'sitemap', ...web]);
    expect(code).toBe(0);
  });
  afterAll(() => database.drop());

  const sheaf = (argv: readonly string[], signal?: AbortSignal) =>
    cli([...argv, '--database', database.url], { cwd: folder.path, ...(signal ? { signal } : {}) });
  const json = async (...argv: string[]) => JSON.parse((await sheaf([...argv, '--json'])).out);
  const fetch = ['fetch', '--concurrency', '1', ...web];

  it('ends a run that another process works on, which says so; what was done stays, the rest waits', async () => {
    const held = site.hold('/1');
    const fetching = sheaf(fetch);
    await held.requested;
    const [line = ''] = (await sheaf(['runs', '--status', 'running', '--json'])).out.split('\n');
    const { id, tool } = JSON.parse(line);
    expect(tool).toBe('fetch.run');
    expect(await json('cancel', id, '--reason', 'wrong site')).toMatchObject({
      run: id,
      isCanceled: true,
      status: 'canceled',
      items: { total: PAGES, completed: 1, canceled: PAGES - 1 },
    });
    held.release();
    const { code, out, err } = await fetching;
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`error engine.run-ended: The run ${id} was ended`);
    expect(await json('status')).toMatchObject({
      openRuns: 0,
      stages: { fetch: { completed: 1, pending: PAGES - 1, failed: 0 } },
    });
    expect((await sheaf(['runs', id])).out).toContain('wrong site');
  });

  it('ends an interrupted run for good: the same command begins anew', async () => {
    const interruption = new AbortController();
    const held = site.hold('/2');
    const fetching = sheaf(fetch, interruption.signal);
    await held.requested;
    interruption.abort();
    held.release();
    expect((await fetching).code).toBe(130);
    const { id } = JSON.parse((await sheaf(['runs', '--status', 'running', '--json'])).out.split('\n')[0] ?? '');
    const { out } = await sheaf(['cancel', id]);
    expect(out).toContain(`Canceled the run ${id} of fetch.run.`);
    expect(await json(...fetch)).toMatchObject({ isResumed: false, completed: PAGES - 2 });
    expect(await json('status')).toMatchObject({ openRuns: 0, stages: { fetch: { completed: PAGES, pending: 0 } } });
  });

  it('changes nothing of a run that has ended, and does not know one that never was', async () => {
    const before = (await sheaf(['runs', '--json'])).out;
    const { id } = JSON.parse(before.split('\n')[0] ?? '');
    const { code, out } = await sheaf(['cancel', id]);
    expect([code, out]).toEqual([0, `The run ${id} of fetch.run had ended before: completed.\n`]);
    expect((await sheaf(['runs', '--json'])).out).toBe(before);
    const unknown = await sheaf(['cancel', UNKNOWN]);
    expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining('error db.not-found: ')]);
  });
});
