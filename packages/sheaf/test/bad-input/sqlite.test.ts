import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rawSql, sql } from '@sheaf/db';
import { createSheaf } from 'sheaf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliResult, cli } from '../cli-harness.ts';
import { diagnose } from '../support/diagnose.ts';
import { expectFailure } from './support/expect-failure.ts';
import { type KeptFolder, keepFolder } from './support/keep-folder.ts';
import { runCli } from './support/run-cli.ts';
import { readStored } from './support/stored.ts';

let kept: KeptFolder;
beforeEach(async () => {
  kept = await keepFolder();
  await kept.addDocuments(1);
});
afterEach(async () => {
  await chmod(dirname(kept.database), 0o755).catch(() => {});
  await kept.remove();
});

const run = (...argv: string[]): Promise<CliResult> => cli(argv, { cwd: kept.path });
const digest = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('a path that holds no database', () => {
  it.each([
    ['a folder', 'data', 'db.not-writable', /data cannot be written: it is a folder/, /Name the file/],
    ['a file in what is a file', 'docs/more-1.md/x.db', 'db.not-writable', /more-1\.md/, /permissions/],
    ['a file where there can be none', '/proc/nowhere/x.db', 'db.not-writable', /\/proc\/nowhere/, /permissions/],
    ['a device', '/dev/null', 'db.disk-error', /\/dev\/null: disk I\/O error/, /quota/],
    ['a device that is full', '/dev/full', 'db.disk-full', /\/dev\/full/, /Make room/],
    ['a name that is too long', 'x'.repeat(300), 'db.not-writable', /cannot be written/, /permissions/],
    ['a text', 'docs/more-1.md', 'db.corrupt', /more-1\.md is not a sound SQLite database/, /backup/],
  ])('is told: %s', async (_, path, code, says, hint) => {
    expectFailure(await run('db', 'migrate', '--database', path), { code, says, hint });
  });

  it.each([
    ['with an escape that is none', 'file:a%zz.db'],
    ['on another machine', 'file://elsewhere/a.db'],
    ['of another kind', 'mysql://root:s3cret-word@db/x'],
  ])('is told: a URL %s', async (_, url) => {
    const result = await run('status', '--database', url);
    expectFailure(result, { exit: 2, code: 'db.unsupported-url', says: url.slice(0, 5), hint: /postgres:\/\// });
    expect(result.err).not.toContain('s3cret-word');
  });
});

describe('a database that this user may not write', () => {
  const denied = (...argv: string[]) => runCli(argv, { cwd: kept.path, isUnprivileged: true });

  it('loses nothing: a file for reading alone', async () => {
    await chmod(kept.database, 0o444);
    await chmod(dirname(kept.database), 0o777);
    const result = await denied('ingest', kept.docs, '--database', kept.database);
    expectFailure(result, {
      code: 'db.not-writable',
      says: /sheaf\.db cannot be written: .*readonly/,
      hint: /permissions/,
    });
    expect(await readStored(kept.database)).toEqual(kept.stored);
  });

  it('is not made: a folder that cannot be written', async () => {
    await mkdir(join(kept.path, 'shut'), { mode: 0o555 });
    const result = await denied('db', 'migrate', '--database', 'shut/deep/new.db');
    expectFailure(result, { code: 'db.not-writable', says: /EACCES/, hint: /permissions/ });
  });
});

describe('a database file that is damaged', () => {
  it('is told, and left as it is: overwritten pages', async () => {
    const bytes = await readFile(kept.database);
    bytes.fill(0xa5, 4_096, 250_000);
    await writeFile(kept.database, bytes);
    const before = await digest(kept.database);
    const result = await run('ingest', kept.docs, '--database', kept.database);
    expectFailure(result, { code: 'db.corrupt', says: /sheaf\.db is not a sound SQLite database/, hint: /backup/ });
    expect(await digest(kept.database)).toBe(before);
  });

  it('is told, and left as it is: a file that was cut off', async () => {
    await truncate(kept.database, 40_000);
    const before = await digest(kept.database);
    const result = await run('docs', '--database', kept.database);
    expectFailure(result, { code: 'db.corrupt', says: /malformed/, hint: /backup/ });
    expect(await digest(kept.database)).toBe(before);
  });
});

describe('a database of another application', () => {
  /** A database with a table of one row, and no migrations of ours. */
  async function foreign(table: string): Promise<string> {
    const path = join(kept.path, 'other.db');
    const sheaf = await createSheaf({ url: path, migrate: 'off' });
    await sheaf.connection.runScript(({ exec }) =>
      exec(`CREATE TABLE ${table} (number INTEGER); INSERT INTO ${table} VALUES (42)`),
    );
    await sheaf.close();
    return path;
  }
  async function tablesOf(path: string, table: string): Promise<{ tables: number; number: unknown }> {
    const sheaf = await createSheaf({ url: path, migrate: 'off' });
    const { tables } = await sheaf.connection.sql.one<{ tables: number }>(
      sql`SELECT count(*) AS tables FROM sqlite_master WHERE type = 'table'`,
    );
    const { number } = await sheaf.connection.sql.one<{ number: unknown }>(rawSql(`SELECT number FROM ${table}`));
    await sheaf.close();
    return { tables, number };
  }

  it('keeps its tables, also when one has the name of ours', async () => {
    const path = await foreign('documents');
    const result = await run('status', '--database', path);
    expectFailure(result, { code: 'db.migration-failed', says: /documents. already exists/, hint: /as it was before/ });
    expect(await tablesOf(path, 'documents')).toEqual({ tables: 1, number: 42 });
  });

  it('keeps its tables beside ours', async () => {
    const path = await foreign('invoices');
    expect((await run('status', '--database', path)).code).toBe(0);
    expect((await tablesOf(path, 'invoices')).number).toBe(42);
  });
});

it('a database of a newer version is left alone', async () => {
  const sheaf = await createSheaf({ url: kept.database });
  await sheaf.connection.sql.execute(
    sql`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
      VALUES ('later', 'none', '20991231000000_later', ${new Date()}, ${new Date()}, 1)`,
  );
  await sheaf.close();
  const before = await digest(kept.database);
  const result = await run('ingest', kept.docs, '--database', kept.database);
  expectFailure(result, { code: 'db.database-newer', says: /20991231000000_later/, hint: /version that migrated it/ });
  expect(await digest(kept.database)).toBe(before);
});

it('a database that another process holds locked is told once the time is up', async () => {
  await kept.addDocuments(2);
  const sheaf = await createSheaf({ url: kept.database });
  await sheaf.connection.transaction(async () => {
    const env = { SHEAF_SQLITE_BUSY_TIMEOUT_MS: '300' };
    const result = await runCli(['ingest', kept.docs, '--database', kept.database], { cwd: kept.path, env });
    expectFailure(result, { code: 'db.busy', says: /locked by another process/, hint: /busy timeout/ });
  });
  await sheaf.close();
  expect(await readStored(kept.database)).toEqual(kept.stored);
});

describe('a disk that is full', () => {
  /** After room was made, the same command does what it had not done, and nothing is lost. */
  async function expectRecovered(documents: number): Promise<unknown> {
    const between = await readStored(kept.database);
    expect(between.versions).toEqual(expect.arrayContaining([...kept.stored.versions]));
    expect(await diagnose(kept.database)).toEqual([]);
    const again = await run('ingest', kept.docs, '--database', kept.database, '--json');
    expect(again.code, again.err).toBe(0);
    const after = await readStored(kept.database);
    expect(after.versions).toHaveLength(documents);
    expect(after.fetched).toEqual(
      after.documents.map((row) => ({ uri: (row as { uri: string }).uri, status: 'completed', error_code: null })),
    );
    expect(await diagnose(kept.database)).toEqual([]);
    return JSON.parse(again.out);
  }
  const outcomes = async () => (await readStored(kept.database)).fetched as { status: string }[];

  it('ends the work with an error and goes on later: no room for the database', async () => {
    await kept.addDocuments(200);
    const pages = Math.ceil((await readFile(kept.database)).byteLength / 4_096);
    const config = { database: { sqlite: { pragmas: { max_page_count: pages + 30 } } } };
    const options = { cwd: kept.path, config };
    const result = await cli(['ingest', kept.docs, '--database', kept.database], options);
    expectFailure(result, { code: 'db.disk-full', says: /sheaf\.db/, hint: /same command again/ });
    await expectRecovered(203);
  });

  it('ends the work with an error and goes on later: no room for bytes', async () => {
    await kept.addDocuments(2, 4_000_000);
    const argv = ['ingest', kept.docs, '--database', kept.database];
    const result = await runCli(argv, { cwd: kept.path, maxFileKb: 3_000 });
    expectFailure(result, { code: 'db.disk-error', says: /bytes.*EFBIG/, hint: /quota/ });
    // No document is at fault.
    expect((await outcomes()).filter(({ status }) => status === 'failed')).toEqual([]);
    expect(await expectRecovered(5)).toMatchObject({ fetch: { isResumed: true } });
  });

  it('ends the work with an error and goes on later: a quota on the database', async () => {
    await kept.addDocuments(200);
    const argv = ['ingest', kept.docs, '--database', kept.database];
    const result = await runCli(argv, { cwd: kept.path, maxFileKb: 150 });
    expectFailure(result, { code: 'db.disk-error', says: /sheaf\.db: disk I\/O error \(SQLITE_IOERR/, hint: /quota/ });
    await expectRecovered(203);
  });

  it('leaves no half-made database behind', async () => {
    const result = await runCli(['init', '--database', 'new.db'], { cwd: kept.path, maxFileKb: 100 });
    expectFailure(result, { code: 'db.disk-error', says: /new\.db/, hint: /quota/ });
    expect((await run('db', 'migrate', '--database', 'new.db')).code).toBe(0);
  });
});

/** Who may not mount, as most users and containers may not, has the limits above that show the same to the database. */
const canMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
})();

const describeMounted = canMount ? describe : undefined;

describeMounted?.('a file system that is full (needs the right to mount one)', () => {
  it.each([
    ['many small documents', 400, 5_000],
    ['few large documents', 8, 900_000],
  ])(
    'ends the work with an error and goes on later: %s',
    async (_, count, size) => {
      const small = join(kept.path, 'small');
      await mkdir(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small]);
      try {
        await cp(dirname(kept.database), small, { recursive: true });
        await kept.addDocuments(count, size);
        const database = join(small, 'sheaf.db');
        const argv = ['ingest', kept.docs, '--database', database];
        const result = await run(...argv);
        expectFailure(result, { code: 'db.disk-full', says: /The disk is full: .*small/, hint: /Make room/ });
        execFileSync('mount', ['-o', 'remount,size=64m', small]);
        const between = await readStored(database);
        expect(between.versions).toEqual(expect.arrayContaining([...kept.stored.versions]));
        expect(await diagnose(database)).toEqual([]);
        expect((await run(...argv)).code).toBe(0);
        expect((await readStored(database)).versions).toHaveLength(3 + count);
        expect(await diagnose(database)).toEqual([]);
      } finally {
        execFileSync('umount', [small]);
      }
    },
    60_000,
  );
});

describe('a folder for bytes that cannot be used', () => {
  it('ends the work with an error and goes on later: a file in its place', async () => {
    const argv = ['ingest', kept.docs, '--database', kept.database];
    await kept.addDocuments(1, 200_000);
    await run(...argv);
    const beside = await readdir(dirname(kept.database), { withFileTypes: true });
    const bytes = join(dirname(kept.database), beside.find((entry) => entry.isDirectory())?.name ?? '');
    await rename(bytes, `${bytes}.aside`);
    await writeFile(bytes, '');
    await kept.addDocuments(3, 300_000);
    expectFailure(await run(...argv), { code: 'db.not-writable', says: /bytes/, hint: /permissions/ });
    await rm(bytes);
    await rename(`${bytes}.aside`, bytes);
    expect((await run(...argv)).code).toBe(0);
    expect((await readStored(kept.database)).documents).toHaveLength(6);
    expect(await diagnose(kept.database)).toEqual([]);
  });
});
