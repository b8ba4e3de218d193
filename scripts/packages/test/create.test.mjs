// What somebody does who begins a plugin of their own.
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { createApp, installationIn } from '../app.mjs';

const folder = join(inject('folder'), 'author');
const environment = inject('userEnvironment');
const author = createApp(folder, environment);
const plugin = createApp(join(folder, 'page-weight'), environment);

/** What `npm create` has once installed, it takes again: not from one run of these tests into the next. */
const env = { npm_config_cache: join(folder, 'npm-cache') };

test('npm create sheaf-plugin makes a package, asking nothing', async () => {
  const { out } = await author.npm(['create', '--yes', 'sheaf-plugin', 'page-weight', '--', '--id', 'page-weight'], {
    env,
  });
  expect(out).toContain('Made sheaf-plugin-page-weight in page-weight:');
  const { version } = inject('packed').find(({ name }) => name === '@sheaf/core');
  expect(JSON.parse(plugin.read('package.json')).peerDependencies['@sheaf/core']).toBe(`^${version}`);
  const again = await author.npm(['create', '--yes', 'sheaf-plugin', 'page-weight'], { env, code: 1 });
  expect(again.err).toContain('create.folder-not-empty');
});

test('the package that it makes passes its own tests on both databases, and its types are right', async () => {
  await plugin.npm(['install']);
  await plugin.npm(['test', '--', '--reporter=json', '--outputFile.json=report.json'], {
    env: { TEST_DATABASE_URL: inject('postgresUrl') },
  });
  const report = JSON.parse(plugin.read('report.json'));
  expect(report).toMatchObject({ success: true, numPassedTests: 4, numTotalTests: 4 });
  await plugin.npm(['run', 'check']);
});

test('its command works in an app', async () => {
  await plugin.npm(['run', 'build']);
  await plugin.npm(['pack', '--pack-destination', folder]);
  const app = createApp(join(folder, 'app'), environment);
  app.write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module' }));
  app.write(
    'sheaf.config.ts',
    `import { defineConfig } from 'sheaf';
import { pageWeightPlugin } from 'sheaf-plugin-page-weight';

export default defineConfig({ plugins: [pageWeightPlugin()], migrationsFolder: 'prisma' });
`,
  );
  app.write('pages/start.md', '# Start\n');
  await app.npm(['install', 'sheaf', join(folder, 'sheaf-plugin-page-weight-0.1.0.tgz')]);
  await app.shell(installationIn((await app.sheaf(['db', 'eject'])).out));
  await app.prisma(['migrate', 'dev', '--name', 'page-weight']);
  await app.sheaf(['map', 'pages']);
  const document = JSON.parse((await app.sheaf(['docs', '--json'])).out);
  const rated = await app.sheaf(['page-weight', 'rate', document.id, '--rating', '4']);
  expect(rated.out).toContain('has a rating of 4');
  expect(JSON.parse((await app.sheaf(['docs', '--json'])).out).facets['page-weight']).toEqual({ rating: 4 });
  await app.sheaf(['doctor']);
});
