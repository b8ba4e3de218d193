import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import type { DataRepositories } from '@sheaf/db';
import { createTempFolder, createTestSheaf } from '@sheaf/testkit';
import { createSheaf, firstPartyPlugins } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../support/diagnose.ts';
import { type BadPage, badPages, requestPath } from './support/bad-pages.ts';
import { type BadSite, startBadSite } from './support/bad-site.ts';
import { type CliRun, runCli } from './support/run-cli.ts';

const WEB = { allowPrivate: true, minDelayMs: 0, timeouts: { headersMs: 500, bodyMs: 1_000 } };
/** Megabytes: what the command line takes by itself, and some bodies of the largest size with what is made of them. */
const MAX_MB = 700;

let site: BadSite;
beforeAll(async () => {
  site = await startBadSite(Object.fromEntries(badPages.map(({ path, route }) => [requestPath(path), route])));
});
afterAll(() => site.close());

interface Outcome {
  readonly title: string | null;
  readonly version: number;
  readonly error: string | null;
  readonly message: string | null;
  readonly text: string;
}

/** What the store says of the document of each page. */
async function readOutcomes({ documents, contents }: DataRepositories): Promise<ReadonlyMap<string, Outcome>> {
  const { items } = await documents.page({ limit: 100 });
  const outcomes = items.map(async ({ uri, title, version, textHash, stages }): Promise<[string, Outcome]> => {
    const text = textHash === null ? '' : new TextDecoder().decode(await contents.read(textHash));
    const error = stages.fetch?.errorCode ?? null;
    const message = stages.fetch?.errorMessage ?? null;
    return [uri, { title, version, text: text.trim(), error, message }];
  });
  return new Map(await Promise.all(outcomes));
}

function expectOutcome({ path, error, says, title }: BadPage, outcomes: ReadonlyMap<string, Outcome>): void {
  const expected: object =
    error === undefined
      ? { error: null, title: title ?? null, version: 1, text: expect.stringMatching(says) }
      : { error, message: expect.stringMatching(says), title: null, version: 0 };
  expect(outcomes.get(site.origin + requestPath(path))).toMatchObject(expected);
}

describe('of bad pages that are fetched on the command line', () => {
  let run: CliRun;
  let problems: readonly string[];
  let outcomes: ReadonlyMap<string, Outcome>;
  beforeAll(async () => {
    const folder = await createTempFolder('pages');
    const database = join(folder.path, 'pages.db');
    await writeFile(join(folder.path, 'sheaf.config.mjs'), `export default { web: ${JSON.stringify(WEB)} }`);
    const urls = badPages.map(({ path }) => site.origin + path);
    run = await runCli(['fetch', ...urls, '--database', database, '--json'], { cwd: folder.path });
    problems = await diagnose(database);
    const sheaf = await createSheaf({ url: database });
    outcomes = await readOutcomes(sheaf.workspace('default').data);
    await sheaf.close();
    await folder.remove();
  }, 120_000);

  it('none stops the others, fails the command or harms the database', () => {
    const failed = badPages.filter(({ error }) => error !== undefined).length;
    expect(run.code, run.err).toBe(0);
    expect(JSON.parse(run.out)).toMatchObject({ completed: badPages.length - failed, failed });
    expect(run.err).not.toMatch(/\n\s+at /);
    expect(problems).toEqual([]);
  });

  it('none takes memory or time without bounds', () => {
    expect(run.peakMb).toBeGreaterThan(0);
    expect(run.peakMb).toBeLessThan(MAX_MB);
    expect(run.durationMs).toBeLessThan(90_000);
  });

  it.each(badPages)('$what is recorded for what it is', (page) => {
    expectOutcome(page, outcomes);
  });
});

describe('bad pages', () => {
  it('are recorded for what they are on PostgreSQL too', async () => {
    const test = await createTestSheaf({
      provider: 'postgresql',
      clients,
      plugins: firstPartyPlugins({ web: WEB, fetch: { maxAttempts: 2, retry: { baseMs: 5, maxMs: 10 } } }),
    });
    try {
      const light = badPages.filter(({ isHeavy }) => !isHeavy);
      const workspace = test.sheaf.workspace('default');
      await workspace.fetch.run({ url: light.map(({ path }) => site.origin + path), concurrency: 16 });
      const outcomes = await readOutcomes(workspace.data);
      expect(outcomes.size).toBe(light.length);
      for (const page of light) expectOutcome(page, outcomes);
    } finally {
      await test.close();
    }
  }, 60_000);

  it('that take too long to be read are given up', async () => {
    const slow = await startBadSite({ '/slow': `<title>Slow</title>${'<h1>a</h1>'.repeat(200_000)}` });
    const test = await createTestSheaf({
      provider: 'sqlite',
      clients,
      plugins: firstPartyPlugins({ web: WEB, fetch: { maxExtractionMs: 50 } }),
    });
    try {
      const { errors } = await test.sheaf.workspace('default').fetch.run({ url: [`${slow.origin}/slow`] });
      expect(errors).toEqual([
        { uri: `${slow.origin}/slow`, code: 'fetch.extraction-too-slow', message: expect.stringContaining('50 ms') },
      ]);
    } finally {
      await test.close();
      await slow.close();
    }
  });
});
