import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from '@sheaf/db';
import { type ExampleSite, startExampleSite } from '@sheaf/example-site';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';

let site: ExampleSite;
let folder: TempFolder;

beforeAll(async () => {
  site = await startExampleSite({});
});
afterAll(() => site.close());
beforeEach(async () => {
  folder = await createTempFolder('deleting');
});
afterEach(() => folder.remove());

const database = () => join(folder.path, 'main.db');
/** With all contents in files. */
const run = (...argv: string[]) =>
  cli(argv, { cwd: folder.path, env: { SHEAF_DATABASE_URL: database(), SHEAF_SQLITE_MAX_CONTENT_BYTES: '0' } });
const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out);
const web = () => [
  '--min-delay',
  '0',
  ...Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]),
];
/** Five documents of the site's feed, fetched. */
const ingest = () => run('ingest', `${site.origin}/`, '--method', 'feed', '--quiet', ...web());
const uris = async () => {
  const { out } = await run('docs', '--json');
  return out
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).uri as string);
};
/** Each document with the sources that have found it. */
const sourcesOf = async (): Promise<(readonly [uri: string, sources: readonly string[]])[]> => {
  const found: (readonly [string, readonly string[]])[] = [];
  for (const uri of await uris()) {
    const { sources } = await json('show', uri);
    found.push([uri, sources.map((one: { readonly sourceUri: string }) => one.sourceUri)]);
  }
  return found;
};
/** The files of the store, whatever folder they are in. */
const byteFiles = () =>
  readdirSync(folder.path, { recursive: true, encoding: 'utf8' })
    .filter((path) => /sha256-[0-9a-f]{64}$/.test(path))
    .map((path) => join(folder.path, path));

describe('sheaf delete', () => {
  it('shows what would go, then deletes a document by any spelling of its URL', async () => {
    await ingest();
    const [first = '', ...others] = await uris();
    const spelled = first.replace('http://', 'HTTP://').concat('#part');
    const rehearsed = await run('delete', 'document', spelled, '--dry-run');
    expect([rehearsed.code, rehearsed.out]).toEqual([0, expect.stringContaining('Nothing was deleted.')]);
    expect(rehearsed.out).toMatch(/document_versions +1 +0/);
    expect(await uris()).toHaveLength(5);
    expect(await json('delete', 'document', spelled)).toMatchObject({
      isDryRun: false,
      deleted: { documents: 1, fetch_results: 1, map_results: 1 },
      changed: { runs: 1 },
    });
    expect(await uris()).toEqual(others);
    expect((await run('delete', 'document', spelled)).code).toBe(3);
  });

  it('takes a document out of one source after the other', async () => {
    await ingest();
    // The site has two feeds, which share some pages.
    const [[uri = '', [one = '', other = '']] = ['', []]] = (await sourcesOf()).filter(([, named]) => named.length > 1);
    const elsewhere = await run('delete', 'document', uri, '--source', 'https://elsewhere.example/');
    expect([elsewhere.code, elsewhere.err]).toEqual([3, expect.stringContaining('no source')]);
    expect(await json('delete', 'document', uri, '--source', one)).toMatchObject({ deleted: { document_sources: 1 } });
    expect(await uris()).toContain(uri);
    expect(await json('delete', 'document', uri, '--source', other)).toMatchObject({ deleted: { documents: 1 } });
    expect(await uris()).not.toContain(uri);
  });

  it('deletes a source only when that is confirmed, with what it alone has found', async () => {
    await ingest();
    const [{ uri: source }] = (await json('status')).sources;
    const others = (await sourcesOf()).filter(([, named]) => named.some((one) => one !== source)).map(([uri]) => uri);
    expect(others.length).toBeGreaterThan(0);
    expect(others.length).toBeLessThan(5);
    const refused = await run('delete', 'source', source);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('corpus.not-confirmed')]);
    expect(await uris()).toHaveLength(5);
    const rehearsed = await json('delete', 'source', source, '--dry-run');
    const deleted = await json('delete', 'source', source, '--yes');
    expect(deleted).toEqual({ ...rehearsed, isDryRun: false });
    expect(deleted.deleted).toMatchObject({ sources: 1, documents: 5 - others.length });
    expect((await uris()).sort()).toEqual(others.sort());
  });

  it('asks which one is meant where several sources have one URL', async () => {
    const sheaf = await createSheaf({ url: database() });
    const { sources } = sheaf.workspace('default').data;
    await sources.ensure({ kind: 'site', uri: 'https://example.com/' });
    await sources.ensure({ kind: 'api', uri: 'https://example.com/' });
    await sheaf.close();
    const several = await run('delete', 'source', 'https://example.com', '--yes');
    expect([several.code, several.err]).toEqual([2, expect.stringMatching(/corpus\.several-sources.*site, api/)]);
    expect((await run('delete', 'source', 'https://example.com', '--kind', 'api', '--yes')).code).toBe(0);
    expect((await json('status')).sources).toEqual([{ kind: 'site', uri: 'https://example.com/' }]);
  });

  it('deletes a run, after which its documents wait for it again', async () => {
    await ingest();
    const [{ id }] = (await run('runs', '--tool', 'fetch.run', '--json')).out
      .split('\n')
      .slice(0, 1)
      .map((line) => JSON.parse(line));
    expect(await json('delete', 'run', id)).toMatchObject({ deleted: { runs: 1, fetch_results: 5, steps: 5 } });
    expect(await json('status')).toMatchObject({
      documents: { total: 5, withContent: 5 },
      stages: { fetch: { pending: 5 }, map: { completed: 5 } },
    });
    await run('fetch', '--quiet', ...web());
    expect(await json('status')).toMatchObject({ stages: { fetch: { pending: 0, completed: 5 } } });
    const { out } = await run('show', (await uris())[0] ?? '', '--json');
    expect(JSON.parse(out).versions).toMatchObject([{ version: 1, runId: null }]);
  });

  it('deletes a workspace only when that is confirmed; the default one is made anew', async () => {
    await ingest();
    expect((await run('delete', 'workspace', 'default')).code).toBe(2);
    expect(await json('delete', 'workspace', 'default', '--dry-run')).toMatchObject({ deleted: { documents: 5 } });
    expect(await json('delete', 'workspace', 'default', '--yes')).toMatchObject({ deleted: { documents: 5 } });
    expect(await json('status')).toMatchObject({ workspace: 'default', documents: { total: 0 } });
    expect((await run('delete', 'workspace', 'elsewhere', '--yes')).code).toBe(3);
  });

  it('leaves an open Sheaf able to work in a workspace of the same name', async () => {
    const sheaf = await createSheaf({ url: database() });
    const { documents } = sheaf.workspace('default').data;
    await documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
    await sheaf.workspace('default').corpus.deleteWorkspace({ name: 'default', yes: true });
    expect(await documents.count()).toBe(0);
    await documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
    expect(await documents.count()).toBe(1);
    await sheaf.close();
  });
});

describe('sheaf prune', () => {
  const age = async () => {
    const sheaf = await createSheaf({ url: database() });
    await sheaf.connection.sql.execute(sql`UPDATE contents SET touched_at = ${new Date(0)}`);
    await sheaf.connection.sql.execute(sql`UPDATE artifacts SET created_at = ${new Date(0)}`);
    await sheaf.close();
    for (const path of byteFiles()) utimesSync(path, 0, 0);
  };

  it('removes what a deleted document has left, once it is a day old', async () => {
    await ingest();
    const [first = '', ...others] = await uris();
    const before = byteFiles();
    await run('delete', 'document', first);
    expect(await json('prune')).toMatchObject({ artifacts: 0, contents: 0, files: 0 });
    await age();
    const rehearsed = await json('prune', '--dry-run');
    expect(byteFiles()).toEqual(before);
    expect(rehearsed).toMatchObject({ isDryRun: true, artifacts: 2, contents: 3, files: 3 });
    expect(await json('prune')).toEqual({ ...rehearsed, isDryRun: false });
    expect(before.length - byteFiles().length).toBe(3);
    for (const uri of others) expect((await run('show', uri, '--text')).code).toBe(0);
  });

  it('removes what a deleted workspace has left', async () => {
    await ingest();
    await run('delete', 'workspace', 'default', '--yes');
    const { length } = byteFiles();
    await age();
    expect(await json('prune')).toMatchObject({ contents: 0, files: length });
    expect(byteFiles()).toEqual([]);
  });

  it('removes old runs, and leaves a corpus in which the doctor finds nothing', async () => {
    for (let time = 0; time < 3; time += 1) {
      await ingest();
      await run('fetch', '--refetch', '--quiet', ...web());
    }
    const before = await run('docs', '--json');
    const listed = async (): Promise<number> => (await run('runs', '--json')).out.trimEnd().split('\n').length;
    const all = await listed();
    expect(await json('prune', '--runs-older-than', '1d')).toMatchObject({ runs: {} });
    expect(await listed()).toBe(all);
    const rehearsed = await json('prune', '--runs-older-than', '0h', '--dry-run');
    expect(rehearsed.runs.fetch_results).toBeGreaterThan(5);
    expect(await listed()).toBe(all);
    const { runs } = await json('prune', '--runs-older-than', '0h', '--keep-runs', '1');
    expect(runs.runs).toBe(all - (await listed()));
    expect(runs.runs).toBeGreaterThan(3);
    expect((await run('docs', '--json')).out).toBe(before.out);
    expect(await run('doctor', '--deep')).toMatchObject({ code: 0 });
    expect((await run('prune', '--runs-older-than', 'ages')).code).toBe(2);
  });

  it('spares what is younger than an hour at the least', async () => {
    expect((await run('prune', '--older-than', '0')).code).toBe(2);
  });
});

describe('damaged bytes', () => {
  it('are told with what mends them, and that does', async () => {
    await ingest();
    const [first = ''] = await uris();
    for (const path of byteFiles()) writeFileSync(path, 'damaged');
    const damaged = await run('show', first, '--raw');
    expect([damaged.code, damaged.err]).toEqual([1, expect.stringMatching(/db\.content-corrupt.*sha256-/)]);
    expect(damaged.err).toContain('sheaf fetch <url> --force');
    expect((await run('fetch', first, '--force', '--quiet', ...web())).code).toBe(0);
    const mended = await run('show', first, '--raw');
    expect([mended.code, mended.out]).toEqual([0, expect.stringContaining('<html')]);
  });
});
