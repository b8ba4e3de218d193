import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clients } from '@sheaf/client';
import { definePlugin } from '@sheaf/core';
import {
  applyMigrations,
  connect,
  type Invariant,
  rawSql,
  readMigrationHistory,
  shippedSchemaFolder,
  sql,
} from '@sheaf/db';
import { type ExampleSite, startExampleSite } from '@sheaf/example-site';
import { createTempFolder, createTestDatabase, createTestSheaf, type TempFolder } from '@sheaf/testkit';
import { firstPartyPlugins } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type CliOptions, cli } from '../cli-harness.ts';

let folder: TempFolder;
let site: ExampleSite;
beforeAll(async () => {
  folder = await createTempFolder('doctor');
  site = await startExampleSite({ slowMs: 1 });
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

const run = (database: string, argv: readonly string[], options: Omit<CliOptions, 'cwd'> = {}) =>
  cli(['doctor', '--database', database, ...argv], { cwd: folder.path, ...options });
const idsOf = (out: string): readonly string[] =>
  (JSON.parse(out).findings as readonly { readonly id: string }[]).map(({ id }) => id);

/** Runs a script on a database of which nobody else knows. */
async function damage(url: string, script: string): Promise<void> {
  const connection = await connect({ url, clients });
  await connection.runScript(({ exec }) => exec(script));
  await connection.close();
}

/** A database on which a site was mapped. */
async function mapped(name: string): Promise<string> {
  const database = join(folder.path, name, 'sheaf.db');
  const connections = Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]);
  const { code } = await cli(
    ['map', `${site.origin}/`, '--method', 'sitemap', '--database', database, '--min-delay', '0', ...connections],
    { cwd: folder.path },
  );
  expect(code).toBe(0);
  return database;
}

describe('sheaf doctor', () => {
  it('says that nothing is wrong, and exits with 0', async () => {
    const { code, out, err } = await run(await mapped('healthy'), []);
    expect(out).toMatch(/^7\d checks, nothing wrong \(\d+\.\d s\)\n/);
    expect(out).toContain('not checked: contents.hash (every byte is read with --deep alone)');
    expect([code, err]).toEqual([0, expect.not.stringContaining('error')]);
  });

  it('names what does not hold, where, and what to do; mends it with --fix', async () => {
    const database = await mapped('faulty');
    await damage(database, "UPDATE runs SET items_total = 7; DELETE FROM document_stages WHERE stage = 'fetch'");
    const first = await run(database, []);
    expect(first.out).toMatch(/^7\d checks, 2 that fail/);
    expect(first.out).toMatch(
      /error +runs\.counts {2}1: The counts of a run .*\n +\[default\] [0-9a-f-]{36} 7 counted, 1 items/,
    );
    expect(first.out).toContain('--fix counts the items again.');
    expect(first.out).toMatch(/and \d+ more/);
    expect(first.out).toContain('Next:\n  sheaf doctor --fix');
    expect([first.code, first.err]).toEqual([1, expect.stringContaining('error doctor.unsound: 2 thing(s)')]);
    const fixed = await run(database, ['--fix']);
    expect(fixed.out).toMatch(/nothing wrong.*\n(.*\n)*mended +runs\.counts {2}1 row\(s\): counts the items again/);
    expect(fixed.code).toBe(0);
    const after = await run(database, ['--json']);
    expect(JSON.parse(after.out)).toMatchObject({ findings: [], mended: [] });
  });

  it('changes nothing without --fix, not even a database that is empty', async () => {
    const database = join(folder.path, 'empty.db');
    writeFileSync(database, '');
    const looked = await run(database, ['--json']);
    expect([looked.code, idsOf(looked.out)]).toEqual([1, ['database.migrations']]);
    expect(JSON.parse(looked.out).unchecked.length).toBeGreaterThan(60);
    const again = await run(database, ['--json']);
    expect(idsOf(again.out)).toEqual(['database.migrations']);
    const fixed = await run(database, ['--fix', '--json']);
    expect([fixed.code, idsOf(fixed.out)]).toEqual([0, []]);
    const { migrations } = await readMigrationHistory({}, 'sqlite');
    const mended = [{ id: 'database.migrations', changed: migrations.length }];
    expect(JSON.parse(fixed.out).mended).toMatchObject(mended);
  });

  it('looks behind a schema that it has brought up to date in the same call', async () => {
    const database = await mapped('behind');
    await damage(
      database,
      `UPDATE runs SET items_total = 7; CREATE TABLE kept AS SELECT * FROM _prisma_migrations; DELETE FROM _prisma_migrations`,
    );
    // The tables are there, so that the migration cannot be applied again.
    const refused = await run(database, ['--fix', '--json']);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('db.migration-failed')]);
    await damage(database, 'INSERT INTO _prisma_migrations SELECT * FROM kept; DROP TABLE kept');
    const fixed = await run(database, ['--fix', '--json']);
    expect(JSON.parse(fixed.out).mended).toMatchObject([{ id: 'runs.counts' }]);
  });

  it('finds a damaged file', async () => {
    const database = await mapped('damaged');
    const connection = await connect({ url: database, clients });
    // The index of an empty table, which no other statement reads.
    const [page] = await connection.sql.all<{ readonly root: number; readonly size: number }>(
      sql`SELECT rootpage AS root, (SELECT page_size FROM pragma_page_size) AS size FROM sqlite_schema
        WHERE type = 'index' AND tbl_name = 'query_log' AND sql IS NOT NULL`,
    );
    await connection.sql.all(rawSql('PRAGMA wal_checkpoint(TRUNCATE)'));
    await connection.close();
    const { root, size } = page as NonNullable<typeof page>;
    const file = openSync(database, 'r+');
    writeSync(file, new Uint8Array(size), 0, size, (root - 1) * size);
    closeSync(file);
    const { code, out } = await run(database, ['--json']);
    expect([code, idsOf(out)]).toEqual([1, ['database.integrity']]);
  });

  it('refuses a workspace that does not exist', async () => {
    const { code, err } = await run(await mapped('narrow'), ['--workspace', 'elsewhere']);
    expect([code, err]).toEqual([3, expect.stringContaining('db.unknown-workspace')]);
  });
});

describe('the doctor of several workspaces', () => {
  it('looks at all of them, or at the one that is named, and mends no other', async () => {
    const test = await createTestSheaf({ provider: 'sqlite', clients, plugins: firstPartyPlugins() });
    const { sheaf } = test;
    for (const slug of ['red', 'blue']) {
      await sheaf.workspaces.create({ slug });
      await sheaf.workspace(slug).data.documents.register([{ uri: `https://${slug}.example/` }], { method: 'test' });
    }
    await sheaf.connection.sql.execute(sql`DELETE FROM document_stages`);
    const { doctor } = sheaf.workspace('default');
    const places = async (input: { workspace?: string }) =>
      (await doctor.run(input)).findings.map(({ id, count, examples }) => [id, count, examples[0]?.workspace]);
    expect(await places({})).toEqual([['stages.fetch.row', 2, expect.anything()]]);
    expect(await places({ workspace: 'blue' })).toEqual([['stages.fetch.row', 1, 'blue']]);
    const { mended, checked } = await doctor.run({ workspace: 'blue', fix: true });
    expect(mended).toMatchObject([{ id: 'stages.fetch.row', changed: 1 }]);
    // What belongs to the deployment is not looked at.
    expect(checked).toBeLessThan((await doctor.run({})).checked);
    expect(await places({})).toEqual([['stages.fetch.row', 1, 'red']]);
    await test.close();
  });
});

describe('the extras on PostgreSQL', () => {
  it('are missed when one is undone, and applied by --fix', async () => {
    const database = await createTestDatabase('postgresql');
    const folders = { folder: process.env.SHEAF_SCHEMA_FOLDER ?? shippedSchemaFolder() };
    const connection = await connect({ url: database.url, clients });
    await applyMigrations(connection, folders);
    await connection.close();
    await damage(database.url, 'ALTER TABLE workspaces ALTER COLUMN name TYPE text COLLATE "default"');
    const found = await run(database.url, ['--json']);
    expect(JSON.parse(found.out).findings).toMatchObject([
      { id: 'database.extras', examples: [{ subject: 'column workspaces.name' }] },
    ]);
    const fixed = await run(database.url, ['--fix', '--json']);
    expect([fixed.code, JSON.parse(fixed.out).mended]).toEqual([
      0,
      [expect.objectContaining({ id: 'database.extras' })],
    ]);
    await database.drop();
  });
});

describe.each(['sqlite', 'postgresql'] as const)('the schema on %s', (provider) => {
  /** A database of its own, since what is done to it is not undone. */
  const migrated = async () => {
    const database = await createTestDatabase(provider, { isMigrated: false });
    onTestFinished(() => database.drop());
    const connection = await connect({ url: database.url, clients });
    await applyMigrations(connection);
    await connection.close();
    return database.url;
  };

  it('was changed by hand: the doctor says what is not as the migrations made it', async () => {
    const url = await migrated();
    await damage(url, 'DROP INDEX runs_workspace_id_status_id_idx; CREATE TABLE notes (text text)');
    const { code, out } = await run(url, ['--json']);
    const { findings } = JSON.parse(out);
    expect(findings).toMatchObject([{ id: 'database.drift', fix: null }]);
    expect(findings[0].examples.map(({ subject, detail }: Record<string, string>) => `${detail} ${subject}`)).toEqual(
      expect.arrayContaining(['missing index runs_workspace_id_status_id_idx', 'added table notes']),
    );
    expect(code).toBe(1);
  });

  it('lacks a column that a plugin declares: the doctor names it, and looks no further', async () => {
    const url = await migrated();
    const models = join(folder.path, `${provider}.prisma`);
    writeFileSync(
      models,
      `enum Mood {\n  good\n}\n/// @scope deployment
model Note {
  id      Int    @id
  text    String
  dueAt   DateTime? @map("due_at")
  mood    Mood @default(good)
  worker  String @map("worker_id")
  by      Worker @relation(fields: [worker], references: [id])

  @@map("notes")
}\n`,
    );
    const notes = definePlugin({ id: 'notes', schema: { models: pathToFileURL(models), tables: ['notes'] } });
    const look = async () => JSON.parse((await run(url, ['--json'], { config: { plugins: [notes] } })).out).findings;
    const missing = (...subjects: readonly string[]) => [
      { id: 'database.tables', count: subjects.length, examples: subjects.map((subject) => ({ subject })) },
    ];
    expect(await look()).toMatchObject(missing('notes'));
    await damage(url, 'CREATE TABLE notes (id integer PRIMARY KEY, text text, worker_id text)');
    expect(await look()).toMatchObject(missing('notes.due_at', 'notes.mood'));
    await damage(url, 'ALTER TABLE notes ADD COLUMN due_at text; ALTER TABLE notes ADD COLUMN mood text');
    // It is there, but no migration has made it.
    expect((await look()).map(({ id }: { id: string }) => id)).toEqual(['database.drift']);
  });
});

describe('the space of a PostgreSQL database', () => {
  it('is told of where most of it is dead, which is nothing wrong', async () => {
    const database = await createTestDatabase('postgresql');
    const connection = await connect({ url: database.url, clients });
    await connection.sql.execute(
      rawSql(`INSERT INTO workers (id, host, pid, first_seen_at, last_seen_at)
        SELECT 'gone ' || number, 'host', number, now(), now() FROM generate_series(1, 20000) AS number`),
    );
    await connection.transaction(async ({ sql: db }) => {
      await db.execute(rawSql(`DELETE FROM workers WHERE id LIKE 'gone %'`));
      // The server gathers what happened at its leisure otherwise.
      await db.all(rawSql('SELECT pg_stat_force_next_flush()'));
    });
    const { code, out } = await run(database.url, ['--json']);
    expect([code, JSON.parse(out).findings]).toEqual([
      0,
      [
        expect.objectContaining({
          id: 'database.space',
          severity: 'notice',
          examples: [{ workspace: null, subject: 'workers', detail: expect.stringMatching(/^20000 dead rows/) }],
        }),
      ],
    ]);
    await connection.close();
    await database.drop();
  });
});

describe('a plugin of an app', () => {
  const shelved: Invariant = {
    id: 'books.shelved',
    summary: 'Every workspace has a shelf.',
    advice: 'Put one up.',
    find: () => sql`SELECT id AS workspace_id, slug AS subject, 'no shelf' AS detail FROM workspaces`,
  };
  const booksPlugin = () => definePlugin({ id: 'books', invariants: [shelved] });

  it('has its invariants checked with the others', async () => {
    const database = await mapped('books');
    const { code, out } = await run(database, ['--json'], { config: { plugins: [booksPlugin()] } });
    expect(JSON.parse(out).findings).toEqual([
      {
        id: 'books.shelved',
        summary: 'Every workspace has a shelf.',
        severity: 'error',
        count: 1,
        examples: [{ workspace: 'default', subject: 'default', detail: 'no shelf' }],
        advice: 'Put one up.',
        fix: null,
      },
    ]);
    expect(code).toBe(1);
  });

  it('is told apart from one of the same name', async () => {
    const clashing = definePlugin({ id: 'books', invariants: [{ ...shelved, id: 'runs.counts' }] });
    const { code, err } = await run('unused.db', [], { config: { plugins: [clashing] } });
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('The invariant "runs.counts" is claimed by "data" and "books".'),
    ]);
  });
});

describe.each(['sqlite', 'postgresql'] as const)('the doctor beside a fetch on %s', (provider) => {
  it('reports nothing false, and keeps nobody waiting', async () => {
    const test = await createTestSheaf({
      provider,
      clients,
      plugins: firstPartyPlugins({
        web: { connectTo: site.connectTo, minDelayMs: 0 },
        fetch: { maxAttempts: 2, retry: { baseMs: 5, maxMs: 10 } },
      }),
    });
    const { map, fetch, doctor } = test.sheaf.workspace('default');
    await map.run({ source: `${site.origin}/`, method: 'sitemap' });
    let isDone = false;
    const fetching = fetch.run({ concurrency: 2 }).finally(() => {
      isDone = true;
    });
    const during: unknown[] = [];
    let looks = 0;
    while (!isDone) {
      during.push(...(await doctor.run({ deep: true })).findings);
      looks += 1;
    }
    expect((await fetching).completed).toBeGreaterThan(10);
    expect(during).toEqual([]);
    expect(looks).toBeGreaterThan(2);
    await test.close();
  });
});
