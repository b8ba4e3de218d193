import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createTempFolder, createTestDatabase, type TempFolder, type TestDatabase } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';

describe.each(['sqlite', 'postgresql'] as const)('workspaces on the command line, on %s', (provider) => {
  let database: TestDatabase;
  let folder: TempFolder;
  beforeEach(async () => {
    database = await createTestDatabase(provider);
    folder = await createTempFolder('workspaces');
    writeFileSync(join(folder.path, 'page.md'), '# A page');
  });
  afterEach(() => Promise.all([database.drop(), folder.remove()]));

  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    cli(argv, { cwd: folder.path, env: { ...env, SHEAF_DATABASE_URL: database.url }, config: {} });
  const lines = async (...argv: string[]) =>
    (await run([...argv, '--json'])).out
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const map = (workspace: string, ...more: string[]) =>
    run(['map', folder.path, '--workspace', workspace, '--quiet', ...more]);

  it('are created, listed, renamed and deleted', async () => {
    expect((await run(['create', 'workspace', 'acme', '--title', 'Acme Ltd'])).code).toBe(0);
    expect(await lines('workspaces')).toContainEqual({ slug: 'acme', name: 'Acme Ltd', createdAt: expect.any(String) });
    await map('acme');
    expect((await run(['rename', 'workspace', 'acme', 'apex', '--title', 'Apex'])).out).toMatch(/apex[\s\S]*Apex/);
    expect(await lines('docs', '--workspace', 'apex')).toHaveLength(1);
    expect(await run(['docs', '--workspace', 'acme'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('db.unknown-workspace'),
    });
    expect((await run(['delete', 'workspace', 'apex', '--yes'])).code).toBe(0);
    expect((await lines('workspaces')).map(({ slug }) => slug)).not.toContain('apex');
  });

  it('are told apart by --workspace in every command', async () => {
    for (const name of ['red', 'blue']) await run(['create', 'workspace', name]);
    await map('red');
    expect(await lines('docs', '--workspace', 'red')).toHaveLength(1);
    for (const workspace of ['blue', 'default']) {
      expect(await lines('docs', '--workspace', workspace)).toEqual([]);
      expect(await lines('runs', '--workspace', workspace)).toEqual([]);
    }
    const [document] = await lines('docs', '--workspace', 'red');
    const [one] = await lines('runs', '--workspace', 'red');
    for (const command of [
      ['show', document.id],
      ['runs', one.id],
      ['cancel', one.id],
      ['delete', 'run', one.id],
      ['delete', 'document', document.uri],
      ['delete', 'source', one.input.source, '--yes'],
    ]) {
      const refused = await run([...command, '--workspace', 'blue']);
      expect([command, refused.code]).toEqual([command, 3]);
    }
    expect(await lines('docs', '--workspace', 'red')).toEqual([document]);
  });

  it('say what is wrong with a name', async () => {
    await run(['create', 'workspace', 'red']);
    for (const [argv, code] of [
      [['create', 'workspace', 'red'], 'db.workspace-exists'],
      [['create', 'workspace', 'Red'], 'db.invalid-slug'],
      [['rename', 'workspace', 'red', 'No'], 'db.invalid-slug'],
      [['rename', 'workspace', 'blue', 'green'], 'db.unknown-workspace'],
    ] as const) {
      expect((await run(argv)).err).toContain(code);
    }
  });

  it('keep who has run what: --actor, else SHEAF_ACTOR, else the user of the system', async () => {
    const actors = async () => (await lines('runs')).map(({ actor }) => actor);
    await map('default');
    await run(['map', folder.path, '--quiet'], { SHEAF_ACTOR: 'nightly' });
    await run(['map', folder.path, '--quiet', '--actor', 'ada'], { SHEAF_ACTOR: 'nightly' });
    expect(await actors()).toEqual(['ada', 'nightly', userInfo().username]);
    expect((await run(['runs'])).out).toMatch(/\bby\b[\s\S]*\bada\b[\s\S]*\bnightly\b/);
    const [{ id }] = (await lines('runs')) as [{ id: string }];
    expect((await run(['runs', id])).out).toMatch(/by +ada/);
  });
});
