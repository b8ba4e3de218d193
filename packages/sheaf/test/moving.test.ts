import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Sheaf } from '@sheaf/engine';
import { startExampleSite } from '@sheaf/example-site';
import {
  createTempFolder,
  createTestDatabase,
  type KillAtPoint,
  runWithKillSwitch,
  type TempFolder,
  type TestDatabase,
  type WriteRecord,
} from '@sheaf/testkit';
import { createSheaf, type FirstPartyPlugins } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';
import { ingestExampleSite } from './kills/ingest-example-site.ts';
import { wholeStore } from './moving/whole-store.ts';
import { faultsOf } from './support/diagnose.ts';
import { createRandom } from './support/random.ts';

const PROGRAM = new URL('fixtures/move.ts', import.meta.url);
/** One part of the site. */
const PART = '*/guide/*';

describe.each(['sqlite', 'postgresql'] as const)('moving a part of a site, on %s', (provider) => {
  let database: TestDatabase;
  let folder: TempFolder;
  let sheaf: Sheaf<FirstPartyPlugins>;
  beforeAll(async () => {
    database = await createTestDatabase(provider);
    folder = await createTempFolder('moving');
    const site = await startExampleSite({ scenario: 'healed', slowMs: 0 });
    for (const scenario of ['healed', 'second'] as const) {
      site.setScenario(scenario);
      const source = `${site.origin}/`;
      await ingestExampleSite({ url: database.url, source, connectTo: site.connectTo, method: 'crawl' });
    }
    await site.close();
    sheaf = await createSheaf({ url: database.url });
    await sheaf.workspaces.create({ slug: 'archive' });
  }, 120_000);
  afterAll(async () => {
    await sheaf.close();
    await Promise.all([database.drop(), folder.remove()]);
  });

  const run = (...argv: string[]) =>
    cli(argv, { cwd: folder.path, env: { SHEAF_DATABASE_URL: database.url }, config: {} });
  const moveBy = async (...argv: string[]) => JSON.parse((await run('move', 'documents', ...argv, '--json')).out);
  const store = () => wholeStore(sheaf.connection);
  /** The documents of a workspace by URL, with all that is shown of each. */
  const shown = async (workspace: string) => {
    const { corpus } = sheaf.workspace(workspace);
    const { items } = await corpus.docs({ limit: 1_000 });
    const all = await Promise.all(items.map(({ id }) => corpus.show({ document: id, text: true, raw: true })));
    return new Map(all.map((one) => [one.document.uri, one]));
  };

  it('loses nothing, leaves nothing behind, and back again it is as it was', async () => {
    const [before, documents] = [await store(), await shown('default')];
    const isChosen = ([uri]: readonly [string, unknown]): boolean => uri.includes('/guide/');
    const chosen = new Map([...documents].filter(isChosen));
    expect(chosen.size).toBeGreaterThan(2);
    expect([...chosen.values()].some(({ versions }) => versions.length > 1)).toBe(true);

    const unconfirmed = await run('move', 'documents', '--to', 'archive', '--include', PART);
    expect([unconfirmed.code, unconfirmed.err]).toEqual([2, expect.stringContaining(`${chosen.size} document(s)`)]);
    const rehearsed = await run('move', 'documents', '--to', 'archive', '--include', PART, '--dry-run');
    expect([rehearsed.code, rehearsed.out]).toEqual([0, expect.stringMatching(/Would move[\s\S]*Nothing was moved/)]);
    expect(await store()).toEqual(before);

    const done = await moveBy('--to', 'archive', '--include', PART, '--yes', '--actor', 'ada');
    expect(done).toMatchObject({
      from: 'default',
      to: 'archive',
      isDryRun: false,
      documents: chosen.size,
      dropped: {},
    });
    const after = await store();
    expect([after.all, after.counts]).toEqual([before.all, before.counts]);
    expect(await shown('archive')).toEqual(chosen);
    expect(await shown('default')).toEqual(new Map([...documents].filter((one) => !isChosen(one))));
    expect(await faultsOf(sheaf)).toEqual([]);
    for (const workspace of ['default', 'archive']) {
      const { items } = await sheaf.workspace(workspace).corpus.runs({ tool: 'data.moveDocuments' });
      expect(items).toMatchObject([{ actor: 'ada', status: 'completed', output: { documents: chosen.size } }]);
    }

    await moveBy('--to', 'default', '--workspace', 'archive', '--yes');
    expect([await shown('default'), await shown('archive')]).toEqual([documents, new Map()]);
    expect((await store()).each).toMatchObject(before.each);
    expect(await faultsOf(sheaf)).toEqual([]);
  });

  it('is all or nothing, wherever the process is killed', async () => {
    const { items } = await sheaf.workspace('default').corpus.docs({ include: [PART], limit: 1_000 });
    const documents = items.map(({ id }) => id);
    const there = { from: 'default', to: 'archive', documents };
    const back = { from: 'archive', to: 'default', documents };
    const watched = provider === 'sqlite' ? dirname(database.url) : folder.path;
    const record = join(folder.path, 'record.json');
    const start = (kill?: KillAtPoint) =>
      runWithKillSwitch(
        { file: PROGRAM, args: [JSON.stringify({ url: database.url, ...there })] },
        { folder: watched, ...(kill ? { kill } : { record }) },
      ).exited;
    // Once there and back: from then on the archive has all that both need.
    expect(await start()).toMatchObject({ code: 0 });
    const away = await store();
    await sheaf.workspaces.moveDocuments(back);
    const home = await store();
    const { points } = JSON.parse(readFileSync(record, 'utf8')) as WriteRecord;
    const random = createRandom(Date.now() % 1_000_000);
    const anyOf = (pattern: RegExp): string => {
      const some = points.filter((point) => pattern.test(point));
      return some[Math.floor(random() * some.length)] as string;
    };
    for (const [point, phase] of [
      [anyOf(/^insert (?!runs)/), 'after'],
      [anyOf(/^delete/), 'after'],
      [anyOf(/^commit/), 'before'],
      [anyOf(/^commit/), 'after'],
    ] as const) {
      expect([point, await start({ point, phase })]).toMatchObject([point, { signal: 'SIGKILL' }]);
      const hasMoved = phase === 'after' && point.startsWith('commit');
      expect([point, await store()]).toEqual([point, hasMoved ? away : home]);
      expect(await faultsOf(sheaf)).toEqual([]);
    }
  }, 120_000);
});
