// What somebody does who installs Sheaf, and then a plugin that brings a model: docs/writing-a-plugin.md.
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { expectedDocuments, startExampleSite } from '../../../examples/site/src/index.ts';
import { root } from '../../bootstrap.mjs';
import { createApp, installationIn } from '../app.mjs';

const folder = inject('folder');
const environment = inject('userEnvironment');
const app = createApp(join(folder, 'app'), environment);

let site;
/** Megabytes. */
let installedSize;
beforeAll(async () => {
  site = await startExampleSite({ slowMs: 50 });
  app.write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }));
  await app.npm(['install', 'sheaf']);
  installedSize = Number((await app.shell('du -sm node_modules')).out.split('\t')[0]);
  await app.npm(['install', '--save-dev', 'typescript@7.0.2', '@types/node@24']);
});
afterAll(() => site?.close());

const connections = () => Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]);
const json = ({ out }) => JSON.parse(out);
const lines = ({ out }) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('an app that installs sheaf', () => {
  test('gets what the main job needs, and no tools for schemas of its own', () => {
    console.log(`npm install sheaf: ${installedSize} MB`);
    expect(installedSize).toBeLessThan(200);
    expect(readdirSync(app.path('node_modules'))).not.toContain('prisma');
  });

  test('does the main job from a plain ES module', async () => {
    app.write(
      'main.mjs',
      `import { createSheaf } from 'sheaf';
const sheaf = await createSheaf({ url: 'esm.db', web: { connectTo: JSON.parse(process.argv[3]), minDelayMs: 0 } });
const { fetch } = await sheaf.workspace('default').ingest.run({ source: process.argv[2] });
const { items } = await sheaf.workspace('default').corpus.docs({ limit: 1000 });
await sheaf.close();
console.log(JSON.stringify({ fetch, items }));
`,
    );
    const { items } = json(await app.node(['main.mjs', `${site.origin}/`, JSON.stringify(site.connectTo)]));
    expectDocuments(items);
  });

  test('does the main job from the command line', async () => {
    await app.sheaf(['init']);
    await app.sheaf(['ingest', `${site.origin}/`, '--min-delay', '0', ...connections()]);
    expectDocuments(lines(await app.sheaf(['docs', '--json', '--limit', '1000'])));
    expect((await app.sheaf(['--version'])).out.trim()).toBe(packedVersion());
  });

  test.each([
    ['node16', { module: 'node16' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('compiles against the types in %s mode', async (name, options) => {
    app.write(
      'typed/main.ts',
      `import { createSheaf } from 'sheaf';
import { main } from 'sheaf/cli';

const sheaf = await createSheaf({ url: 'typed.db' });
const found: number = (await sheaf.workspace('default').map.run({ source: 'https://docs.example.com' })).discovered;
// @ts-expect-error: there is no such method.
await sheaf.workspace('default').map.run({ source: 'https://docs.example.com', method: 'guess' });
export { found, main };
`,
    );
    app.write(
      `tsconfig.${name}.json`,
      JSON.stringify({
        compilerOptions: { target: 'es2024', types: ['node'], strict: true, noEmit: true, ...options },
        include: ['typed'],
      }),
    );
    await app.tsc(['-p', `tsconfig.${name}.json`]);
  });
});

describe('a plugin with a model, made elsewhere', () => {
  const migrations = (provider) => readdirSync(app.path(`prisma/${provider}/migrations`)).filter(isMigration);
  const urls = { sqlite: '', postgresql: '' };
  const environmentOf = (provider) => ({ env: { DATABASE_URL: urls[provider] } });
  const writeConfig = ({ clients = '', off = '' } = {}) =>
    app.write(
      'sheaf.config.ts',
      `import { defineConfig } from 'sheaf';
import { bookmarksPlugin } from 'sheaf-plugin-bookmarks';
${clients === '' ? '' : "import { PrismaClient as Sqlite } from './prisma/generated/sqlite/client.ts';\nimport { PrismaClient as Postgresql } from './prisma/generated/postgresql/client.ts';\n"}
export default defineConfig({ plugins: [bookmarksPlugin()], migrationsFolder: 'prisma'${clients}${off} });
`,
    );
  const CLIENTS = ',\n  clients: { sqlite: Sqlite, postgresql: Postgresql }';
  const shipped = {};

  beforeAll(async () => {
    urls.sqlite = `file:${app.path('.sheaf/sheaf.db')}`;
    urls.postgresql = inject('appPostgresUrl');
    const source = join(folder, 'plugin-bookmarks');
    cpSync(join(root, 'examples/plugin-bookmarks'), source, { recursive: true });
    // With the version ranges of this release.
    cpSync(join(folder, 'checkout/examples/plugin-bookmarks/package.json'), join(source, 'package.json'));
    const plugin = createApp(source, environment);
    await plugin.npm(['install']);
    await plugin.npm(['run', 'build']);
    await plugin.npm(['pack', '--pack-destination', folder]);
    await app.npm(['install', join(folder, 'sheaf-plugin-bookmarks-1.0.0.tgz')]);
  });

  test('eject gives the app the shipped history, which makes exactly the composed schema', async () => {
    const { out } = await app.sheaf(['db', 'eject']);
    expect(out).toContain('migrationsFolder: "prisma"');
    await app.shell(installationIn(out));
    await app.npm(['install', '@prisma/client@7.10.0']);
    for (const provider of ['sqlite', 'postgresql']) {
      shipped[provider] = migrations(provider);
      expect(shipped[provider]).toEqual(readdirSync(join(root, 'prisma', provider, 'migrations')).filter(isMigration));
    }
    await app.sheaf(['db', 'compose', '--check']);
    await inSync('sqlite');
    // It can be given again: only what is missing is written.
    expect(json(await app.sheaf(['db', 'eject', '--json']))).toEqual({ changed: [], removed: [] });
  });

  test('what is declared and not migrated is said by the doctor', async () => {
    writeConfig();
    const { findings } = json(await app.sheaf(['doctor', '--json'], { code: 1 }));
    expect(findings).toMatchObject([{ id: 'database.tables', examples: [{ subject: 'bookmarks' }] }]);
  });

  test.each(['sqlite', 'postgresql'])('compose and migrate dev make its table (%s)', async (provider) => {
    if (provider === 'sqlite') {
      const { changed } = json(await app.sheaf(['db', 'compose', '--json']));
      expect(changed).toEqual(expect.arrayContaining(['models/bookmarks.prisma', 'models/data.prisma']));
    }
    await app.prisma(['migrate', 'dev', '--name', 'bookmarks'], environmentOf(provider));
    const added = migrations(provider).filter((name) => !shipped[provider].includes(name));
    expect(added).toEqual([expect.stringMatching(/^\d{14}_bookmarks$/)]);
    const script = app.read(`prisma/${provider}/migrations/${added[0]}/migration.sql`);
    expect(script).toMatch(/CREATE TABLE "bookmarks"/);
    expect(script).not.toMatch(/DROP|ALTER TABLE (?!"bookmarks")/);
    await app.prisma(['generate', '--no-hints'], environmentOf(provider));
  });

  test('a client without its delegates is refused by the compiler, with a sentence', async () => {
    app.write(
      'tsconfig.config.json',
      JSON.stringify({
        compilerOptions: {
          target: 'es2024',
          module: 'nodenext',
          types: ['node'],
          strict: true,
          noEmit: true,
          allowImportingTsExtensions: true,
          skipLibCheck: true,
        },
        include: ['sheaf.config.ts', 'prisma.config.ts'],
      }),
    );
    const refused = await app.tsc(['-p', 'tsconfig.config.json'], { code: 1 });
    expect(refused.out).toContain('states delegates that the Prisma client does not have');
    writeConfig({ clients: CLIENTS });
    await app.tsc(['-p', 'tsconfig.config.json']);
  });

  test.each(['sqlite', 'postgresql'])('its commands, its facet and the doctor work (%s)', async (provider) => {
    const options = environmentOf(provider);
    const sheaf = async (...args) => app.sheaf([...args, '--json'], options);
    await sheaf('map', `${site.origin}/`, '--min-delay', '0', ...connections());
    const uri = `${site.origin}/`;
    await sheaf('bookmarks', 'add', uri, '--note', 'first', '--tag', 'later');
    await sheaf('bookmarks', 'add', uri, '--note', 'second', '--tag', 'read');
    const bookmark = { uri, note: 'second', tag: 'read' };
    expect(json(await sheaf('bookmarks', 'list', '--tag', 'read'))).toMatchObject(bookmark);
    expect((await sheaf('bookmarks', 'list', '--tag', 'later')).out).toBe('');
    const { items } = json(await sheaf('bookmarks', 'history', uri));
    expect(items.map(({ note }) => note)).toEqual(['second', 'first']);
    const documents = lines(await sheaf('docs', '--limit', '1000'));
    expect(documents.filter(({ facets }) => facets.bookmarks !== undefined)).toMatchObject([
      { uri, stages: { bookmarks: { status: 'completed' } }, facets: { bookmarks: { note: 'second', tag: 'read' } } },
    ]);
    const failure = await app.sheaf(['bookmarks', 'add', 'https://nowhere.example/'], { ...options, code: 1 });
    expect(failure.err).toContain('bookmarks.unknown-document');
    expect(json(await sheaf('doctor')).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    await inSync(provider);
    expect(json(await sheaf('db', 'status'))).toMatchObject({ pending: [], failed: [], edited: [], unknown: [] });
  });

  test('the workflow of the documentation passes, on an empty database', async () => {
    const documentation = readFileSync(join(root, 'docs/reliability/migrations.md'), 'utf8');
    const [, workflow] = /```yaml\n([\s\S]*?)```/.exec(documentation);
    const commands = [...workflow.matchAll(/- run: (?:>\n((?: {10}.*\n)+)|(.*))/g)].map(([, folded, line]) =>
      (line ?? folded).replaceAll(/\s+/g, ' ').trim(),
    );
    expect(commands).toHaveLength(5);
    for (const command of commands.filter((one) => one !== 'npm ci')) {
      await app.shell(command, { env: { DATABASE_URL: inject('emptyPostgresUrl') } });
    }
    const deployed = { env: { DATABASE_URL: inject('emptyPostgresUrl') } };
    expect(json(await app.sheaf(['db', 'status', '--json'], deployed))).toMatchObject({ pending: [] });
  });

  test('a plugin that is turned off keeps its tables', async () => {
    writeConfig({ clients: CLIENTS, off: ",\n  off: ['ingest', 'fetch', 'bookmarks']" });
    expect((await app.sheaf(['--help'])).out).not.toMatch(/^ {2}(fetch|ingest|bookmarks)\b/m);
    await app.sheaf(['db', 'compose', '--check']);
    await app.prisma(['migrate', 'dev', '--name', 'nothing'], environmentOf('sqlite'));
    expect(migrations('sqlite').filter((name) => name.endsWith('_nothing'))).toEqual([]);
    await inSync('sqlite');
    writeConfig({ clients: CLIENTS });
    expect(lines(await app.sheaf(['bookmarks', 'list', '--json']))).toMatchObject([{ note: 'second' }]);
  });

  /** The migrations, the database and the models say the same, as far as Prisma's own differ can tell. */
  async function inSync(provider) {
    const schema = `prisma/${provider}`;
    const diff = (...from) =>
      app.prisma(['migrate', 'diff', '--exit-code', ...from, '--to-schema', schema], environmentOf(provider));
    await diff('--from-migrations', `${schema}/migrations`);
    await diff('--from-config-datasource');
  }
});

const isMigration = (name) => /^\d/.test(name);

function packedVersion() {
  return inject('packed').find(({ name }) => name === 'sheaf').version;
}

/** What was stored is what the example site says of itself. */
function expectDocuments(views) {
  const expected = expectedDocuments({ methods: ['sitemap'] });
  const inOrder = (records) => records.toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  const observed = views.map(({ uri, title, stages: { fetch } }) => ({
    uri,
    fetch: fetch.status,
    errorCode: fetch.errorCode ?? undefined,
    title,
  }));
  // A title that the site does not prescribe may be anything.
  expect(inOrder(observed)).toEqual(
    inOrder(expected).map(({ uri, fetch, errorCode, title = expect.toSatisfy(() => true) }) => ({
      uri,
      fetch,
      errorCode,
      title,
    })),
  );
}
