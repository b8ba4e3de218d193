import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../cli-harness.ts';
import { expectFailure } from './support/expect-failure.ts';
import { runCli } from './support/run-cli.ts';

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('configuration');
  await chmod(folder.path, 0o755);
});
afterAll(() => folder.remove());

let count = 0;
async function statusWith(config: string) {
  count += 1;
  const name = `c${count}.config.mjs`;
  await writeFile(join(folder.path, name), config);
  return cli(['status', '--config', name, '--database', ':memory:'], { cwd: folder.path });
}

describe('a configuration', () => {
  it.each([
    ['that is cut off', 'export default { database: {', /Unexpected|parse/],
    ['that throws', 'throw new Error("the vault is shut")', /the vault is shut/],
    ['that needs what is not installed', 'import "no-such-package"; export default {}', /no-such-package/],
    ['that exports nothing', 'export const config = {};', /no default export/],
    ['with an unknown setting', 'export default { databse: {} }', /databse; known are database, web,/],
    ['with a plugin that is none', 'export default { plugins: [{}] }', /plugins\.0/],
    ['with null for a plugin', 'export default { plugins: [null] }', /plugins\.0: it is no plugin/],
    ['with text for plugins', 'export default { plugins: "map" }', /plugins: /],
    ['with a number for the workspace', 'export default { workspace: 3 }', /workspace: /],
    ['with a number for a folder', 'export default { migrationsFolder: 3 }', /migrationsFolder: /],
    ['with two mistakes', 'export default { workspace: 3, web: 4 }', /web: .*workspace: /],
  ])('%s is refused', async (_, text, says) => {
    expectFailure(await statusWith(text), { exit: 2, code: 'cli.invalid-config', says, hint: 'defineConfig' });
  });

  it.each([
    ['a negative number', 'export default { database: { pool: { max: -1 } } }', /sheaf\.config: pool\.max: /],
    ['an unknown setting', 'export default { database: { ulr: "x" } }', /"ulr"/],
    ['a URL that is a number', 'export default { database: { url: 5 } }', /url: /],
  ])('with %s for the database is refused', async (_, text, says) => {
    expectFailure(await statusWith(text), { exit: 2, code: 'db.invalid-config', says, hint: 'Each line names' });
  });

  it.each([
    ['a negative number', 'export default { web: { minDelayMs: -1 } }', /minDelayMs: /],
    ['an unknown setting', 'export default { web: { userAgnet: "me" } }', /"userAgnet"/],
    ['an unknown timeout', 'export default { web: { timeouts: { hederMs: 5 } } }', /timeouts: .*"hederMs"/],
  ])('with %s for the web is refused', async (_, text, says) => {
    const { code, err } = await statusWith(text);
    expect(code).not.toBe(0);
    expect(err).toContain('web.invalid-options: ');
    expect(err).toMatch(says);
  });

  it('that does not exist, or is a folder, is refused', async () => {
    await mkdir(join(folder.path, 'folder.ts'));
    for (const [name, says] of [
      ['nowhere.ts', 'does not exist'],
      ['folder.ts', 'folder.ts'],
    ] as const) {
      const result = await cli(['status', '--config', name], { cwd: folder.path });
      expectFailure(result, { exit: 2, code: 'cli.invalid-config', says, hint: 'defineConfig' });
    }
  });

  it('that this user may not read is refused', async () => {
    await writeFile(join(folder.path, 'locked.mjs'), 'export default {}');
    await chmod(join(folder.path, 'locked.mjs'), 0);
    const result = await runCli(['status', '--config', 'locked.mjs'], { cwd: folder.path, isUnprivileged: true });
    expectFailure(result, { exit: 2, code: 'cli.invalid-config', says: 'EACCES', hint: 'defineConfig' });
  });
});

describe('an option', () => {
  it.each([
    [['--max-pages', '-1'], 'engine.invalid-input'],
    [['--max-pages', '1.5'], 'engine.invalid-input'],
    [['--max-pages', '1e99'], 'engine.invalid-input'],
    [['--method', 'guess'], 'cli.usage'],
    [['--min-delay', '-1'], 'cli.usage'],
    [['--max-pagse', '1'], 'cli.usage'],
    [['--sitemap', 'ftp://x/'], 'engine.invalid-input'],
  ])('%j is refused as %s', async (options, code) => {
    const result = await cli(['map', 'https://example.com', ...options], { cwd: folder.path });
    expectFailure(result, { exit: 2, code, says: options[0]?.slice(2, 5) ?? '', hint: /--help/ });
  });
});
