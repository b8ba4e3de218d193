import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { describeMigrations } from './support/migration-contract.ts';
import { commandError, runEngine } from './support/run-engine.ts';
import { createSqliteSystem, querySqlite } from './support/sqlite-system.ts';

interface EngineAnswer {
  readonly result?: { readonly appliedMigrationNames: readonly string[] };
  readonly error?: { readonly data: { readonly error_code?: string; readonly message: string } };
}

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

  const filters = { externalTables: [], externalEnums: [] };
  /** Applies scripts as the migrations `1`, `2`, … and gives the engine's answer. */
  const migrate = async (path: string, scripts: readonly string[]): Promise<EngineAnswer> => {
    const migrationsList = {
      baseDir: join(directory, 'migrations'),
      lockfile: { path: 'migration_lock.toml', content: 'provider = "sqlite"' },
      migrationDirectories: scripts.map((value, index) => ({
        path: `${index + 1}`,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } },
      })),
      shadowDbInitScript: '',
    };
    return JSON.parse((await call(path, 'applyMigrations', { migrationsList, filters })).stdout) as EngineAnswer;
  };

  describe('migrated', () => {
    const tables = `CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE children (parent_id INTEGER REFERENCES parents (id) ON DELETE CASCADE);
      INSERT INTO parents VALUES (1), (2); INSERT INTO children VALUES (1), (2);`;
    // As Prisma makes a table anew.
    const redefine = (condition: string): string => `PRAGMA defer_foreign_keys=ON;
      PRAGMA foreign_keys=OFF;
      CREATE TABLE new_parents (id INTEGER PRIMARY KEY, name TEXT);
      INSERT INTO new_parents (id) SELECT id FROM parents WHERE ${condition};
      DROP TABLE parents;
      ALTER TABLE new_parents RENAME TO parents;
      PRAGMA foreign_keys=ON;
      PRAGMA defer_foreign_keys=OFF;`;

    test('keeps the rows that refer to a table that is made anew', async () => {
      const path = join(directory, 'redefined.db');
      expect((await migrate(path, [tables, redefine('true')])).result?.appliedMigrationNames).toEqual(['1', '2']);
      expect(querySqlite(path, 'SELECT parent_id FROM children')).toEqual([{ parent_id: 1 }, { parent_id: 2 }]);
    });

    test('takes no rows that refer to nothing, and is then as it was before', async () => {
      const path = join(directory, 'orphaned.db');
      const { error } = await migrate(path, [tables, redefine('id = 1')]);
      expect(error?.data).toMatchObject({
        error_code: 'P3018',
        message: expect.stringMatching(/Migration name: 2\n.*1 row\(s\) refer to rows that do not exist.*children/s),
      });
      expect(querySqlite(path, 'SELECT count(*) AS count FROM parents')).toEqual([{ count: 2 }]);
      expect(querySqlite(path, "SELECT name FROM sqlite_master WHERE name = 'new_parents'")).toEqual([]);
    });

    test('takes scripts with transactions of their own, and statements that want none', async () => {
      const path = join(directory, 'own-transaction.db');
      const scripts = ['BEGIN; CREATE TABLE a (b); COMMIT;', 'CREATE TABLE c (d); VACUUM;'];
      expect((await migrate(path, scripts)).result?.appliedMigrationNames).toEqual(['1', '2']);
      expect(querySqlite(path, "SELECT name FROM sqlite_master WHERE name IN ('a', 'c') ORDER BY 1")).toEqual([
        { name: 'a' },
        { name: 'c' },
      ]);
    });
  });

  test.each(['delete', 'wal'])('in journal mode %s is migrated once by several deployments at once', async (mode) => {
    const path = join(directory, `crowd-${mode}.db`);
    const database = new Database(path);
    database.pragma(`journal_mode = ${mode}`);
    database.close();
    const script = `CREATE TABLE numbers AS
      WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 200000) SELECT n FROM counter;`;
    const runs = await Promise.all([1, 2, 3].map(() => migrate(path, [script, 'CREATE TABLE last (id)'])));
    expect(runs.map(({ result }) => result?.appliedMigrationNames.length).toSorted()).toEqual([0, 0, 2]);
    expect(querySqlite(path, 'SELECT migration_name AS name, finished_at > 0 AS done FROM _prisma_migrations')).toEqual(
      [
        { name: '1', done: 1 },
        { name: '2', done: 1 },
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
