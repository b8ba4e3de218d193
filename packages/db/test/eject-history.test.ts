import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ejectHistory, readMigrationHistory, shippedSchemaFolder } from '../src/index.ts';

const PROVIDERS = ['sqlite', 'postgresql'] as const;

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-eject-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The shipped history with one more migration, as a later version has it. */
async function laterVersion(): Promise<string> {
  const source = await emptyFolder();
  for (const provider of PROVIDERS) {
    await cp(join(shippedSchemaFolder(), provider, 'migrations'), join(source, provider, 'migrations'), {
      recursive: true,
    });
    await mkdir(join(source, provider, 'migrations/9999_later'));
    await writeFile(join(source, provider, 'migrations/9999_later/migration.sql'), 'SELECT 1;\n');
  }
  return source;
}

test('an ejected folder has the shipped history of both databases', async () => {
  const folder = await emptyFolder();
  const { changed } = ejectHistory({ folder });
  for (const provider of PROVIDERS) {
    const { migrations } = await readMigrationHistory({}, provider);
    expect((await readMigrationHistory({ folder }, provider)).migrations).toEqual(migrations);
    // Without it, Prisma's CLI would begin a new history.
    expect(changed).toContain(`${provider}/migrations/migration_lock.toml`);
    expect(await readFile(join(folder, provider, 'migrations/migration_lock.toml'), 'utf8')).toContain(provider);
  }
  expect(ejectHistory({ folder })).toEqual({ changed: [] });
});

test('after an update it adds what is new, beside the migrations of the app', async () => {
  const folder = await emptyFolder();
  ejectHistory({ folder });
  await mkdir(join(folder, 'sqlite/migrations/5000_own'));
  await writeFile(join(folder, 'sqlite/migrations/5000_own/migration.sql'), 'SELECT 2;\n');
  expect(ejectHistory({ folder, source: await laterVersion() })).toEqual({
    changed: PROVIDERS.map((provider) => `${provider}/migrations/9999_later/migration.sql`),
  });
  expect(await readFile(join(folder, 'sqlite/migrations/5000_own/migration.sql'), 'utf8')).toBe('SELECT 2;\n');
});

test('a migration that the app has edited is refused, and nothing is written', async () => {
  const folder = await emptyFolder();
  ejectHistory({ folder });
  const names = await readdir(join(folder, 'postgresql/migrations'));
  const [edited = ''] = names.filter((name) => name.endsWith('_init'));
  const script = join(folder, 'postgresql/migrations', edited, 'migration.sql');
  await writeFile(script, `${await readFile(script, 'utf8')}-- mine\n`);
  const again = { folder, source: await laterVersion() };
  expect(() => ejectHistory(again)).toThrow(
    expect.objectContaining({ code: 'db.migration-edited', details: { migration: `postgresql/${edited}` } }),
  );
  expect(await readdir(join(folder, 'sqlite/migrations'))).not.toContain('9999_later');
});

test('line endings that git has changed are no edit', async () => {
  const folder = await emptyFolder();
  ejectHistory({ folder });
  const [first = ''] = (await readdir(join(folder, 'sqlite/migrations'))).filter((name) => /^\d/.test(name));
  const script = join(folder, 'sqlite/migrations', first, 'migration.sql');
  await writeFile(script, (await readFile(script, 'utf8')).replaceAll('\n', '\r\n'));
  expect(ejectHistory({ folder })).toEqual({ changed: [] });
});
