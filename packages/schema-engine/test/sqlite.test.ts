import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { describeMigrations } from './support/migration-contract.ts';
import { commandError, runEngine } from './support/run-engine.ts';
import { createSqliteSystem, querySqlite } from './support/sqlite-system.ts';

const directory = mkdtempSync(join(tmpdir(), 'schema-engine-sqlite-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describeMigrations(createSqliteSystem(directory));

describe('a SQLite file', () => {
  const datasourceOf = (path: string): string[] => ['--datasource', JSON.stringify({ url: `file:${path}` })];
  const call = (path: string, method: string, params: object): ReturnType<typeof runEngine> =>
    runEngine(datasourceOf(path), [{ jsonrpc: '2.0', id: 1, method, params }]);
  const execute = (path: string, script: string): ReturnType<typeof runEngine> =>
    call(path, 'dbExecute', { datasourceType: { tag: 'url', url: `file:${path}` }, script });

  test('that is not there is P1003; create-database makes it with its folder, drop-database removes it', async () => {
    const path = join(directory, 'new/folder/app.db');
    const { code, message } = await commandError('can-connect-to-database', `file:${path}`);
    expect(code).toBe('P1003');
    expect(message).toContain(path);
    expect((await runEngine([...datasourceOf(path), 'cli', 'create-database'])).exitCode).toBe(0);
    expect((await runEngine([...datasourceOf(path), 'cli', 'can-connect-to-database'])).exitCode).toBe(0);
    expect((await runEngine([...datasourceOf(path), 'cli', 'drop-database'])).exitCode).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  test.each(['delete', 'wal'])('keeps its journal mode %s and is left without a journal', async (mode) => {
    const path = join(directory, `journal-${mode}.db`);
    const database = new Database(path);
    database.pragma(`journal_mode = ${mode}`);
    database.close();
    const { stdout } = await execute(path, 'CREATE TABLE a (b); INSERT INTO a VALUES (1);');
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: {} });
    expect(readdirSync(directory).filter((name) => name.startsWith(`journal-${mode}.db`))).toEqual([
      `journal-${mode}.db`,
    ]);
    expect(querySqlite(path, 'PRAGMA journal_mode')).toEqual([{ journal_mode: mode }]);
    expect(querySqlite(path, 'SELECT b FROM a')).toEqual([{ b: 1 }]);
  });

  test.each(['delete', 'wal'])('in journal mode %s is migrated once by several deployments at once', async (mode) => {
    const path = join(directory, `crowd-${mode}.db`);
    const database = new Database(path);
    database.pragma(`journal_mode = ${mode}`);
    database.close();
    const script = `CREATE TABLE numbers AS
      WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 200000) SELECT n FROM counter;`;
    const migrationsList = {
      baseDir: join(directory, 'migrations'),
      lockfile: { path: 'migration_lock.toml', content: 'provider = "sqlite"' },
      migrationDirectories: ['1_first', '2_second'].map((name, index) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: index === 0 ? script : 'CREATE TABLE last (id)' },
        },
      })),
      shadowDbInitScript: '',
    };
    const filters = { externalTables: [], externalEnums: [] };
    const runs = await Promise.all([1, 2, 3].map(() => call(path, 'applyMigrations', { migrationsList, filters })));
    const answers = runs.map(({ stdout }) => JSON.parse(stdout) as { result?: { appliedMigrationNames: string[] } });
    expect(answers.map(({ result }) => result?.appliedMigrationNames.length).toSorted()).toEqual([0, 0, 2]);
    expect(querySqlite(path, 'SELECT migration_name AS name, finished_at > 0 AS done FROM _prisma_migrations')).toEqual(
      [
        { name: '1_first', done: 1 },
        { name: '2_second', done: 1 },
      ],
    );
    expect(querySqlite(path, 'PRAGMA journal_mode')).toEqual([{ journal_mode: mode }]);
  });

  test('is empty after a reset, whatever was in it, also for those who have it open', async () => {
    const path = join(directory, 'full.db');
    const database = new Database(path);
    database.pragma('journal_mode = WAL');
    database.exec(`
      CREATE TABLE parent (id INTEGER PRIMARY KEY);
      CREATE TABLE child (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id INTEGER NOT NULL REFERENCES parent (id));
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1);
      CREATE VIEW both_tables AS SELECT * FROM parent JOIN child ON child.parent_id = parent.id;
      CREATE TRIGGER guard BEFORE DELETE ON parent BEGIN SELECT RAISE(ABORT, 'never'); END;
      CREATE VIRTUAL TABLE words USING fts5 (word);
      INSERT INTO words VALUES ('needle');
    `);
    const { stdout } = await call(path, 'reset', { filter: { externalTables: [], externalEnums: [] } });
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: {} });
    expect(database.prepare('SELECT name FROM sqlite_master').all()).toEqual([]);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  test('that another process holds for long is reported as locked', async () => {
    const path = join(directory, 'held.db');
    const database = new Database(path);
    database.exec('CREATE TABLE held (id); BEGIN IMMEDIATE; INSERT INTO held VALUES (1);');
    const { stdout } = await call(path, 'markMigrationRolledBack', { migrationName: '1_first' });
    expect(JSON.parse(stdout)).toMatchObject({
      error: { data: { is_panic: false, message: expect.stringContaining('database is locked') } },
    });
    database.close();
  });

  test('with something else in it is named as no database', async () => {
    const path = join(directory, 'letter.db');
    writeFileSync(path, 'Dear Sir or Madam, '.repeat(100));
    const { stdout } = await execute(path, 'SELECT 1');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { data: { is_panic: false, message: expect.stringContaining('file is not a database') } },
    });
  });
});
