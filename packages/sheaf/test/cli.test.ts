import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExampleSite, startExampleSite } from '@sheaf/example-site';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cli } from './cli-harness.ts';

let folder: TempFolder;
let site: ExampleSite;
let web: string[];

beforeAll(async () => {
  folder = await createTempFolder('cli');
  site = await startExampleSite({ slowMs: 20 });
  const connections = Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]);
  web = ['--min-delay', '0', ...connections];
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

const run = (...argv: string[]) =>
  cli(argv, { cwd: folder.path, env: { SHEAF_DATABASE_URL: join(folder.path, 'main.db') } });
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the main job on the command line', () => {
  it('ingests a site, and says what there is', async () => {
    const ingest = await run('ingest', `${site.origin}/`, '--method', 'feed', ...web);
    expect([ingest.code, ingest.out]).toEqual([0, expect.stringContaining('5 documents found (5 new), 5 fetched')]);
    expect(ingest.err).toMatch(/^fetch 5\/5$/m);
    const status = await run('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({
      workspace: 'default',
      documents: { total: 5, gone: 0, withContent: 5 },
      stages: { fetch: { completed: 5, pending: 0 }, map: { completed: 5 } },
      openRuns: 0,
    });
  });

  it('fetches what its own map found, and nothing else that waits', async () => {
    const database = join(folder.path, 'two-sources.db');
    await run('map', `${site.origin}/`, '--method', 'sitemap', '--database', database, ...web);
    await run('ingest', `${site.origin}/`, '--method', 'feed', '--database', database, ...web);
    const { stages } = JSON.parse((await run('status', '--json', '--database', database)).out);
    expect(stages.fetch.completed).toBe(5);
    expect(stages.fetch.pending).toBeGreaterThan(20);
    const both = ['--status', 'completed', '--status', 'pending'];
    const listed = await run('docs', ...both, '--limit', '1000', '--json', '--database', database);
    expect(lines(listed.out)).toHaveLength(5 + stages.fetch.pending);
  });

  it('lists documents as NDJSON, page by page', async () => {
    const first = lines((await run('docs', '--json', '--limit', '3', '--order-by', 'uri')).out);
    expect(first).toHaveLength(4);
    const { next } = first.at(-1) as { next: string };
    const second = lines((await run('docs', '--json', '--limit', '3', '--order-by', 'uri', '--after', next)).out);
    const uris = [...first.slice(0, 3), ...second].map(({ uri }) => uri);
    expect(uris).toEqual([...uris].sort());
    expect(new Set(uris).size).toBe(5);
  });

  it('shows a document by any of its URLs, and its text as Markdown', async () => {
    const shown = await run('show', `${site.origin}/guide/sewing`);
    expect(shown.out).toContain('Sewing on tapes\n');
    expect(shown.out).toMatch(/version 1 +created/);
    const text = await run('show', `${site.origin}/guide/sewing`, '--text');
    expect(text.out).toContain('Three tapes are enough');
  });

  it('lists runs, and one run with its events', async () => {
    const runs = lines((await run('runs', '--json')).out);
    expect(runs.map(({ tool, status }) => [tool, status])).toEqual([
      ['fetch.run', 'completed'],
      ['map.run', 'completed'],
      ['ingest.run', 'completed'],
    ]);
    const one = await run('runs', runs[0].id);
    expect(one.out).toMatch(/fetch 5\/5/);
    const both = JSON.parse((await run('runs', runs[0].id, '--json')).out);
    expect(both.items).toEqual([runs[0]]);
    expect(both.events.at(-1)).toMatchObject({ phase: 'fetch', done: 5, total: 5 });
  });

  it('narrows tables to the terminal', async () => {
    const { out } = await cli(['docs'], {
      cwd: folder.path,
      env: { SHEAF_DATABASE_URL: join(folder.path, 'main.db'), NO_COLOR: '1' },
      columns: 60,
    });
    const table = out.split('\n').slice(0, 6);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(out).toContain('…');
  });

  it('prints nothing but the result with --quiet', async () => {
    const { code, out, err } = await run('fetch', '--refetch', '--limit', '2', '--quiet', ...web);
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('Next:');
  });
});

describe('failures on the command line', () => {
  it.each([
    [['map'], 2, "cli.usage: missing required argument 'source'"],
    [['docs', '--limit', 'many'], 2, 'cli.usage: --limit takes a number, not "many".'],
    [['docs', '--limit', '0'], 2, 'engine.invalid-input: '],
    [['docs', '--after', 'garbage'], 2, 'db.invalid-cursor: '],
    [['dcos'], 2, "cli.usage: unknown command 'dcos'"],
    [['docs', '--database', 'mysql://root:secret@db/x'], 2, 'db.unsupported-url: '],
    [['show', 'https://nowhere.example/'], 3, 'db.not-found: '],
    [['status', '--workspace', 'elsewhere'], 3, 'db.unknown-workspace: '],
    [['map', 'http://127.0.0.1:9/'], 1, 'web.private-address: '],
    [['map', 'http://127.0.0.1:9/', '--allow-private'], 1, 'web.robots-unavailable: '],
    [['map', '/no/such/folder', '--method', 'folder'], 1, 'map.'],
    [['db', 'migrate', '--database', '/proc/nowhere/x.db'], 1, 'db.not-writable: '],
  ] as const)('%j exits with %i and says %s', async (argv, code, message) => {
    const result = await run(...argv);
    expect(result.err).toContain(`error ${message}`);
    expect(result.code).toBe(code);
    expect(result.err).not.toMatch(/\n\s+at /);
    expect(result.err + result.out).not.toContain('secret');
    expect(result.out).toBe('');
  });

  it('leave no database behind where nothing was done', async () => {
    const { code } = await cli(['docs', '--limit', 'many', '--database', 'fresh/x.db'], { cwd: folder.path });
    expect(code).toBe(2);
    expect(readdirSync(folder.path)).not.toContain('fresh');
  });

  it.each([
    'status',
    'docs',
    'show https://docs.example/',
    'runs',
    'workspaces',
    'doctor',
    'doctor --fix',
    'cancel 01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88',
    'delete document https://docs.example/',
    'delete source https://docs.example/ --yes',
    'delete run 01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88',
    'delete workspace other --yes',
    'rename workspace other another',
    'prune',
    'db status',
    'backup copy',
  ])('name the database that does not exist, and make none: sheaf %s', async (line) => {
    const empty = await createTempFolder('no-database');
    onTestFinished(() => empty.remove());
    for (const [words, path] of [
      [[], '.sheaf/sheaf.db'],
      [['--database', 'folder/typo.db'], 'folder/typo.db'],
      [['--database', `file:${empty.path}/typo.db`], 'typo.db'],
    ] as const) {
      const { code, out, err } = await cli([...line.split(' '), ...words], { cwd: empty.path });
      expect([code, out, err]).toEqual([
        3,
        '',
        expect.stringContaining(`error cli.no-database: There is no database ${join(empty.path, path)}.\n`),
      ]);
      expect(readdirSync(empty.path)).toEqual([]);
    }
  });

  it('are none where a database is in memory alone', async () => {
    expect((await run('status', '--database', ':memory:')).code).toBe(0);
  });

  it('show their stack with --verbose', async () => {
    const { err } = await run('show', 'https://nowhere.example/', '--verbose');
    expect(err).toMatch(/\n\s+at /);
  });

  it('report all problems of the configuration at once', async () => {
    const { code, err } = await cli(['status'], {
      cwd: folder.path,
      env: { SHEAF_POOL_MAX: 'lots', SHEAF_ECHO_SQL: 'perhaps' },
    });
    expect(code).toBe(2);
    expect(err).toContain('environment: pool.max: ');
    expect(err).toContain('environment: echoSql: ');
  });
});

describe('sheaf init', () => {
  it('makes a configuration and a database, and never overwrites one', async () => {
    const fresh = await createTempFolder('init');
    writeFileSync(join(fresh.path, '.gitignore'), 'node_modules');
    const made = await cli(['init'], { cwd: fresh.path });
    expect(made.code).toBe(0);
    expect(readFileSync(join(fresh.path, 'sheaf.config.ts'), 'utf8')).toContain('defineConfig');
    expect(existsSync(join(fresh.path, '.sheaf', 'sheaf.db'))).toBe(true);
    expect(readFileSync(join(fresh.path, '.gitignore'), 'utf8')).toBe('node_modules\n.sheaf/\n');
    writeFileSync(join(fresh.path, 'sheaf.config.ts'), '// mine\nexport default {};\n');
    const again = await cli(['init'], { cwd: fresh.path });
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('cli.file-exists')]);
    expect(readFileSync(join(fresh.path, 'sheaf.config.ts'), 'utf8')).toContain('// mine');
    await fresh.remove();
  });
});

describe('sheaf db', () => {
  it('migrates, says so, and has nothing to do the second time', async () => {
    const database = join(folder.path, 'migrated.db');
    writeFileSync(database, '');
    const before = JSON.parse((await run('db', 'status', '--json', '--database', database)).out);
    expect(before).toMatchObject({
      provider: 'sqlite',
      pending: expect.arrayContaining([expect.stringMatching(/_init$/)]),
    });
    expect((await run('db', 'migrate', '--database', database)).out).toContain('_init');
    expect((await run('db', 'migrate', '--database', database)).out).toContain('is up to date');
    expect(JSON.parse((await run('db', 'status', '--json', '--database', database)).out).pending).toEqual([]);
  });

  it('composes the schema of the plugins, and notices when it is out of date', async () => {
    const schema = join(folder.path, 'schema');
    expect((await run('db', 'compose', '--folder', schema)).out).toContain('models/map.prisma');
    expect((await run('db', 'compose', '--folder', schema, '--check')).code).toBe(0);
    writeFileSync(join(schema, 'models', 'map.prisma'), '// edited\n');
    const drift = await run('db', 'compose', '--folder', schema, '--check');
    expect([drift.code, drift.err]).toEqual([1, expect.stringContaining('db.schema-drift')]);
  });

  it.each(['compose', 'eject'])('%s says which files it removed and which it wrote', async (command) => {
    const schema = join(folder.path, `${command}-removed`);
    const again = (...words: string[]) => cli(['db', command, '--folder', schema, ...words], { cwd: folder.path });
    await again();
    const gone = join(schema, 'models', 'gone.prisma');
    writeFileSync(gone, '');
    const path = command === 'eject' ? 'eject-removed/models' : 'models';
    expect((await again('--quiet')).out).toBe(`Removed:\n  ${path}/gone.prisma\n`);
    expect(existsSync(gone)).toBe(false);
    writeFileSync(gone, '');
    writeFileSync(join(schema, 'models', 'map.prisma'), '');
    expect((await again('--quiet')).out).toBe(`Wrote:\n  ${path}/map.prisma\nRemoved:\n  ${path}/gone.prisma\n`);
    writeFileSync(gone, '');
    const removed = [`${path}/gone.prisma`];
    expect(JSON.parse((await again('--json')).out)).toEqual({ changed: removed, removed });
  });
});
