import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { definePlugin } from '@sheaf/core';
import { applyMigrations, connect, type Sql, sql } from '@sheaf/db';
import { createTempFolder, createTestDatabase } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli } from './cli-harness.ts';

async function folder(): Promise<string> {
  const { path, remove } = await createTempFolder('own-schema');
  onTestFinished(remove);
  return path;
}

describe('sheaf db eject', () => {
  it('writes the history, the models and a configuration of Prisma’s CLI, and says what comes next', async () => {
    const cwd = await folder();
    const { out } = await cli(['db', 'eject'], { cwd, config: { database: { url: 'data/docs.db' } } });
    expect(out).toContain('prisma/models/data.prisma\n');
    expect(out).toContain('migrationsFolder: "prisma"');
    expect(readFileSync(join(cwd, 'prisma.config.ts'), 'utf8')).toContain('DATABASE_URL || "data/docs.db";');
    expect((await cli(['db', 'compose', '--check'], { cwd })).code).toBe(0);
    const config = { migrationsFolder: 'prisma' };
    expect(await cli(['db', 'eject'], { cwd, config })).toMatchObject({
      out: 'prisma has the shipped history already.\n',
    });
    const database = join(cwd, 'own.db');
    expect((await cli(['db', 'migrate', '--database', database], { cwd, config })).out).toContain('Applied');
    expect((await cli(['db', 'status', '--database', database], { cwd })).out).toContain('is up to date');
  });

  it('names the tools that the folder lacks, in the versions that fit', async () => {
    const repository = createRequire(new URL('../../../package.json', import.meta.url));
    const wanted = `prisma@${repository('./package.json').devDependencies.prisma}`;
    const [, version] = wanted.split('@');
    const install = (cwd: string, name: string, manifest: object): void => {
      mkdirSync(join(cwd, 'node_modules', name), { recursive: true });
      writeFileSync(join(cwd, 'node_modules', name, 'package.json'), JSON.stringify(manifest));
    };
    const offered = async (prisma: string | undefined) => {
      const cwd = await folder();
      if (prisma !== undefined) install(cwd, 'prisma', { version: prisma });
      install(cwd, '@sheaf/schema-engine', repository('./packages/schema-engine/package.json'));
      const { out } = await cli(['db', 'eject'], { cwd });
      return /npm install --save-dev (.*)/.exec(out)?.[1];
    };
    expect(await offered(undefined)).toBe(wanted);
    expect(await offered('6.0.0')).toBe(wanted);
    expect(await offered(version)).toBeUndefined();
    const { out } = await cli(['db', 'eject'], { cwd: await folder() });
    expect(out).toContain(`  npm install --save-dev ${wanted} @sheaf/schema-engine@`);
  });

  it('leaves a configuration of Prisma’s CLI as it is', async () => {
    const cwd = await folder();
    writeFileSync(join(cwd, 'prisma.config.ts'), '// mine\n');
    const { changed } = JSON.parse((await cli(['db', 'eject', '--folder', 'schema', '--json'], { cwd })).out);
    expect(changed).toContain('schema/sqlite/datasource.prisma');
    expect(changed).not.toContain('prisma.config.ts');
    expect(readFileSync(join(cwd, 'prisma.config.ts'), 'utf8')).toBe('// mine\n');
  });
});

describe.each(['sqlite', 'postgresql'] as const)('sheaf db status on %s', (provider) => {
  const record = (name: string, isFinished: boolean): Sql => {
    const now = new Date('2026-01-02T03:04:05.678Z');
    return sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, logs)
      VALUES (${name}, 'x', ${name}, ${now}, ${isFinished ? now : null}, ${isFinished ? null : 'no such table\nat 3'})`;
  };

  it.each([
    [
      'failed',
      record('9999_later', false),
      /failed {3}9999_later {2}2026-01-02T03:04:05.678Z: no such table\n/,
      'resolve',
    ],
    ['edited', sql`UPDATE _prisma_migrations SET checksum = 'x'`, /edited {3}\d+_init\n/, 'Restore the file'],
    ['newer', record('9999_later', true), /newer {4}9999_later\n/, 'Use the version that migrated it'],
    ['unknown', record('0000_other', true), /unknown {2}0000_other\n/, 'migrationsFolder'],
    ['pending', sql`DELETE FROM _prisma_migrations`, /pending {2}\d+_init\n/, 'sheaf db migrate'],
  ])('says what is %s in lines, with what to do about it', async (_, fault, line, advice) => {
    const database = await createTestDatabase(provider, { isMigrated: false });
    onTestFinished(() => database.drop());
    const connection = await connect({ url: database.url, clients });
    await applyMigrations(connection);
    await connection.sql.execute(fault);
    await connection.close();
    const { code, out, err } = await cli(['db', 'status', '--database', database.url], { cwd: '/' });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(line);
    expect(out).toContain(advice);
  });
});

describe('a plugin that is turned off', () => {
  const off = ['ingest', 'fetch'];

  it('has no commands and no methods, and its models stay in the schema', async () => {
    const cwd = await folder();
    const help = await cli(['--help'], { cwd, config: { off } });
    expect(help.out).toMatch(/^ {2}map /m);
    expect(help.out).not.toMatch(/^ {2}(fetch|ingest) /m);
    await cli(['db', 'compose'], { cwd, config: { off } });
    expect(existsSync(join(cwd, 'prisma/models/fetch.prisma'))).toBe(true);
    expect((await cli(['db', 'compose', '--check'], { cwd })).code).toBe(0);
    const sheaf = await createSheaf({ url: join(cwd, 'off.db'), off: ['ingest', 'fetch'] });
    expect(Object.keys(sheaf.workspace('default'))).not.toContain('fetch');
    expect(await sheaf.connection.sql.tableExists('fetch_results')).toBe(true);
    await sheaf.close();
  });

  it('must be one that there is, and that no other one needs', async () => {
    const refuse = (names: readonly string[]) => cli(['docs'], { cwd: '/', config: { off: names } });
    expect((await refuse(['fetsh'])).err).toContain('"fetsh" is turned off, but there is no such plugin.');
    expect((await refuse(['fetch'])).err).toContain('The plugin "ingest" needs "fetch", which is not registered.');
  });

  it('may be one of the app, whose models stay as well', async () => {
    const cwd = await folder();
    const models = join(cwd, 'shelf.prisma');
    writeFileSync(models, '/// @scope deployment\nmodel Shelf {\n  id Int @id\n  @@map("shelves")\n}\n');
    const shelf = definePlugin({ id: 'shelf', schema: { models: new URL(`file://${models}`), tables: ['shelves'] } });
    const config = { plugins: [shelf], off: ['shelf'] };
    await cli(['db', 'compose'], { cwd, config });
    expect(readFileSync(join(cwd, 'prisma/models/shelf.prisma'), 'utf8')).toContain('model Shelf');
  });
});

it('an app with clients of its own has no other ones', async () => {
  class SqliteClient {
    readonly $disconnect = async (): Promise<void> => {};
    readonly $transaction = async (): Promise<never> => Promise.reject(new Error('never called'));
  }
  const database = await createTestDatabase('postgresql');
  onTestFinished(() => database.drop());
  await expect(createSheaf({ url: database.url, clients: { sqlite: SqliteClient } })).rejects.toMatchObject({
    code: 'db.no-client',
    details: { provider: 'postgresql' },
  });
});
