import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { connect, sql } from '@sheaf/db';
import {
  createTempFolder,
  createTestDatabase,
  type FixtureExit,
  type KillPlan,
  runWithKillSwitch,
  type TempFolder,
  type TestDatabase,
  type WriteRecord,
} from '@sheaf/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const file = new URL('../fixtures/write-things.ts', import.meta.url);

describe.each(['sqlite', 'postgresql'] as const)('a process with a kill switch, on %s', (provider) => {
  let database: TestDatabase;
  let temporary: TempFolder;
  let seen: WriteRecord;
  const begin = async (): Promise<void> => {
    database = await createTestDatabase(provider);
    temporary = await createTempFolder('kill-switch');
    await mkdir(folder());
  };
  const end = async (): Promise<void> => {
    await database.drop();
    await temporary.remove();
  };
  beforeAll(async () => {
    await begin();
    const record = join(temporary.path, 'record.json');
    expect(await start({ record })).toMatchObject({ code: 0, errorOutput: '' });
    seen = JSON.parse(await readFile(record, 'utf8')) as WriteRecord;
    await end();
  });
  beforeEach(begin);
  afterEach(end);

  const folder = (): string => join(temporary.path, 'files');
  const start = (settings: { readonly kill?: KillPlan; readonly record?: string }): Promise<FixtureExit> =>
    runWithKillSwitch({ file, args: [database.url, folder()] }, { folder: folder(), ...settings }).exited;
  const left = async (): Promise<readonly string[]> => {
    const { sql: db, close } = await connect({ url: database.url, clients });
    const workspaces = await db.all<{ readonly slug: string }>(sql`SELECT slug FROM workspaces ORDER BY slug`);
    await close();
    return [...workspaces.map(({ slug }) => slug), ...(await readdir(folder()))];
  };

  it('writes down its points in their order, each once', () => {
    const { points, operations, durationMs } = seen;
    const insert = expect.stringMatching(/^insert workspaces [0-9a-f]{6}$/);
    expect(points).toEqual([
      insert,
      `commit of ${points[0]}`,
      'open files/*.tmp',
      'writeFile files/*.tmp',
      'sync files/*.tmp',
      'close files/*.tmp',
      'rename files/done',
    ]);
    // The second insert and the SELECT at least are operations too.
    expect(operations).toBeGreaterThan(points.length + 1);
    expect(durationMs).toBeGreaterThan(0);
  });

  it.each<readonly [phase: KillPlan['phase'], point: RegExp, left: readonly string[]]>([
    ['before', /^insert/, []],
    ['after', /^insert/, []],
    ['before', /^commit/, []],
    ['after', /^commit/, ['one', 'two']],
    ['after', /^open/, ['one', 'two', '0123456789abcdef.tmp']],
    ['before', /^rename/, ['one', 'two', '0123456789abcdef.tmp']],
    ['after', /^rename/, ['one', 'two', 'done']],
  ])('dies %s the point %s', async (phase, pattern, expected) => {
    const point = seen.points.find((one) => pattern.test(one)) as string;
    expect(await start({ kill: { point, phase } })).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await left()).toEqual(expected);
  });

  it('dies at an operation by its number, and not at one that never comes', async () => {
    expect(await start({ kill: { operation: 1, phase: 'before' } })).toMatchObject({ signal: 'SIGKILL' });
    expect(await left()).toEqual([]);
    expect(await start({ kill: { operation: 1_000, phase: 'before' } })).toMatchObject({ code: 0 });
    expect(await left()).toEqual(['one', 'two', 'done']);
  });
});
