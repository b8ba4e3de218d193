import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { backupDatabase, type Connection, connect, createDataService, restoreBackup, sql } from '@sheaf/db';
import {
  createTempFolder,
  createTestDatabase,
  type OpenedData,
  openTestData,
  runFixture,
  type TempFolder,
  type TestDatabase,
} from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ageFiles, storedFiles } from '../src/contracts/support/byte-files.ts';
import { allRows, fillTables } from '../src/contracts/support/fill-tables.ts';

const DAY = 24 * 60 * 60 * 1000;
const STOPPING = new URL('fixtures/stopping-backup.ts', import.meta.url);
const RESTORING = new URL('fixtures/restoring.ts', import.meta.url);

describe.each(['sqlite', 'postgresql'] as const)('a backup on %s', (provider) => {
  let data: OpenedData;
  let empty: TestDatabase;
  let folder: TempFolder;
  let backup: string;
  beforeEach(async () => {
    data = await openTestData({ provider, clients });
    empty = await createTestDatabase(provider, { isMigrated: false });
    folder = await createTempFolder('backup');
    backup = join(folder.path, 'backup');
  });
  afterEach(async () => {
    await data.close();
    await empty.drop();
    await folder.remove();
  });

  const write = () => backupDatabase({ connection: data.connection, target: backup });
  const restore = (more: { readonly overwrite?: boolean; readonly url?: string } = {}) =>
    restoreBackup({ backup, url: empty.url, clients, ...more });
  const within = async <T>(url: string, work: (connection: Connection<unknown>) => Promise<T>): Promise<T> => {
    const connection = await connect({ url, clients });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  const store = async (text: string): Promise<string> => {
    const { contents } = await data.repositories();
    const staged = await contents.stage(new TextEncoder().encode(text));
    await contents.record([staged]);
    return staged.hash;
  };
  const everything = async ({ sql: db }: Connection<unknown>) => {
    const shared = ['workspaces', 'workers', 'host_gates'] as const;
    const [workspaces, workers, gates] = [
      await db.all(sql`SELECT * FROM workspaces ORDER BY id`),
      await db.all(sql`SELECT * FROM workers ORDER BY id`),
      await db.all(sql`SELECT * FROM host_gates ORDER BY host`),
    ];
    return new Map([
      ...(await allRows(db)),
      ...shared.map((name, index) => [name, [workspaces, workers, gates][index]] as const),
    ]);
  };
  const expectNothing = async (): Promise<void> => {
    if (provider === 'sqlite') expect(await readdir(join(empty.url, '..'))).toEqual([]);
    else
      expect(await within(empty.url, ({ sql: db }) => db.all(db.dialect.tableColumns).then(hasRows(db)))).toBe(false);
  };
  const hasRows =
    (db: Connection<unknown>['sql']) =>
    async (columns: readonly object[]): Promise<boolean> =>
      columns.length > 0 && (await db.all(sql`SELECT 1 FROM workspaces`)).length > 0;

  it('has every row of every table, and the next number of a workspace', async () => {
    for (const slug of ['red', 'blue', 'green']) {
      const { workspace } = await data.scope(slug);
      for (const label of ['a', 'line\nbreak "quoted" \\ é 😀'])
        await fillTables(data.connection.sql, workspace.id, label);
    }
    await data.service.workspaces.delete('green');
    const hash = await store('bytes');
    const rows = await everything(data.connection);
    const manifest = await write();
    expect(manifest).toMatchObject({
      format: 1,
      provider,
      missing: [],
      contents: { files: provider === 'sqlite' ? 1 : 0 },
    });
    await restore();
    await within(empty.url, async (connection) => {
      expect(await everything(connection)).toEqual(rows);
      const { workspaces } = createDataService({ session: connection, clock: data.clock });
      const [original, restored] = [await data.service.workspaces.ensure('next'), await workspaces.ensure('next')];
      expect(restored.id).toBe(original.id);
    });
    if (provider === 'sqlite') {
      const [file] = await storedFiles({ ...data, url: empty.url });
      expect([file?.name, await readFile(file?.path ?? '', 'utf8')]).toEqual([hash, 'bytes']);
    }
  });

  it('is refused when anything in it was changed, and nothing is restored', async () => {
    await store('bytes');
    const { parts } = await write();
    const path = join(backup, parts.at(-1)?.path ?? '');
    const bytes = await readFile(path);
    const expectDamaged = async (): Promise<void> => {
      await expect(restore()).rejects.toMatchObject({ code: 'db.backup-damaged' });
      await expectNothing();
    };
    await writeFile(path, bytes.with(bytes.length - 5, (bytes.at(-5) ?? 0) ^ 1));
    await expectDamaged();
    await rm(path);
    await expectDamaged();
    await writeFile(path, bytes);
    const manifest = join(backup, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await appendFile(manifest, '}');
    await expectDamaged();
    await writeFile(manifest, text.replace(/"path": "/, '"path": "../'));
    await expectDamaged();
    await rm(manifest);
    await expectDamaged();
    await writeFile(manifest, text);
    await restore();
  });

  it('of other migrations is refused', async () => {
    await write();
    const manifest = join(backup, 'manifest.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace(/"checksum": "./, '"checksum": "x'));
    await expect(restore()).rejects.toMatchObject({ code: 'db.migration-edited' });
    await writeFile(manifest, text.replace(/"name": "\d+_/, '"name": "29991231235959_'));
    await expect(restore()).rejects.toMatchObject({
      code: expect.stringMatching(/^db\.(?:database-newer|migration-unknown)$/),
    });
    await expectNothing();
  });

  it('is restored over another database only when that is asked for', async () => {
    await data.scope('kept');
    await write();
    await data.scope('later');
    await expect(restore({ url: data.url })).rejects.toMatchObject({ code: 'db.restore-refused' });
    expect((await data.service.workspaces.list()).map(({ slug }) => slug)).toEqual(['kept', 'later']);
    await data.connection.close();
    const { replaced } = await restore({ url: data.url, overwrite: true });
    await within(data.url, async (connection) => {
      const { workspaces } = createDataService({ session: connection, clock: data.clock });
      expect((await workspaces.list()).map(({ slug }) => slug)).toEqual(['kept']);
    });
    expect(replaced.map((path) => path.replace(data.url, '').replace(/\d{8}T\d{6}Z/, 'T'))).toEqual(
      provider === 'sqlite' ? ['.T.replaced'] : [],
    );
  });

  it('that is killed in the middle is not there, and the next one is', async () => {
    await store('bytes');
    const process = runFixture(STOPPING, [data.url, backup]);
    await process.line(/^in the middle$/);
    const remains = [
      expect.stringMatching(/^\.backup\..+\.partial$/),
      expect.stringMatching(/^\.backup\..+\.partial\.lock$/),
    ];
    const names = async () => (await readdir(folder.path)).toSorted();
    expect(await names()).toEqual(remains);
    // What another one is still at is left alone.
    await backupDatabase({ connection: data.connection, target: join(folder.path, 'other') });
    expect(await names()).toEqual([...remains, 'other']);
    expect((await process.kill()).signal).toBe('SIGKILL');
    expect(await names()).toEqual([...remains, 'other']);
    await expect(restore()).rejects.toMatchObject({ code: 'db.backup-damaged' });
    await write();
    expect(await names()).toEqual(['backup', 'other']);
    await restore();
  });

  it('that is given up leaves nothing behind', async () => {
    const controller = new AbortController();
    const given = backupDatabase({
      connection: data.connection,
      target: backup,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder.path)).toEqual([]);
  });
});

describe('a backup of a database with files', () => {
  let data: OpenedData;
  let folder: TempFolder;
  beforeEach(async () => {
    data = await openTestData({ provider: 'sqlite', clients });
    folder = await createTempFolder('backup');
  });
  afterEach(async () => {
    await data.close();
    await folder.remove();
  });
  const stage = async (text: string): Promise<string> => {
    const { contents } = await data.repositories();
    const staged = await contents.stage(new TextEncoder().encode(text));
    await contents.record([staged]);
    return staged.hash;
  };
  const copied = async (backup: string): Promise<readonly string[]> =>
    (await readdir(join(backup, 'bytes'), { recursive: true }))
      .filter((name) => name.includes('sha256'))
      .map((name) => name.slice(-71));

  it('has the bytes of its rows, those that came meanwhile and those that were pruned meanwhile, and no others', async () => {
    const { contents } = await data.repositories();
    const old = await stage('old');
    const early = await stage('gone before the copy');
    const meanwhile: string[] = [];
    const connection: Connection<unknown> = {
      ...data.connection,
      async copyTo(copy) {
        const { sql: db } = data.connection;
        await db.execute(sql`DELETE FROM contents WHERE hash = ${early}`);
        meanwhile.push(await stage('came before the copy'));
        await data.connection.copyTo?.(copy);
        await db.execute(sql`UPDATE contents SET touched_at = ${new Date(Date.now() - 2 * DAY)} WHERE hash = ${old}`);
        await ageFiles(data, new Date(Date.now() - 2 * DAY));
        // Each of the two files that are old is without a row by then.
        expect(await contents.prune()).toMatchObject({ contents: 1, files: 2 });
        await stage('came after the copy');
      },
    };
    const backup = join(folder.path, 'backup');
    expect(await backupDatabase({ connection, target: backup })).toMatchObject({ contents: { files: 2 }, missing: [] });
    expect((await copied(backup)).toSorted()).toEqual([old, ...meanwhile].toSorted());
  });

  it('is restored after a restoring that was killed in the middle, of which nothing is left', async () => {
    await stage('bytes');
    const [backup, target] = [join(folder.path, 'backup'), join(folder.path, 'restored.db')];
    await backupDatabase({ connection: data.connection, target: backup });
    const [entry = ''] = (await readdir(join(backup, 'bytes'), { recursive: true })).filter((name) =>
      name.includes('sha256'),
    );
    const file = join(backup, 'bytes', entry);
    await rename(file, `${file}.aside`);
    // Whoever opens it waits for somebody who writes.
    execFileSync('mkfifo', [file]);
    const process = runFixture(RESTORING, [backup, target]);
    const names = async () => (await readdir(folder.path)).filter((name) => name !== 'backup');
    await expect.poll(names, { timeout: 30_000 }).toHaveLength(4);
    await process.kill();
    expect((await names()).filter((name) => !/^\.restored\.db(?:-bytes)?\..+\.partial(?:\.lock)?$/.test(name))).toEqual(
      [],
    );
    await rename(`${file}.aside`, file);
    await restoreBackup({ backup, url: target, clients });
    expect((await names()).toSorted()).toEqual(['restored.db', 'restored.db-bytes']);
  });

  it('says which bytes the store lacked, and is restored without them', async () => {
    const hashes = [await stage('whole'), await stage('lacking'), await stage('damaged')];
    const [whole, lacking, damaged] = hashes;
    const files = new Map((await storedFiles(data)).map(({ name, path }) => [name, path]));
    await rm(files.get(lacking ?? '') ?? '');
    await writeFile(files.get(damaged ?? '') ?? '', 'other');
    const backup = join(folder.path, 'backup');
    const { missing } = await backupDatabase({ connection: data.connection, target: backup });
    expect(missing.toSorted()).toEqual([lacking, damaged].toSorted());
    expect(await copied(backup)).toEqual([whole]);
    await restoreBackup({ backup, url: join(folder.path, 'restored.db'), clients });
    const [entry = ''] = (await readdir(join(backup, 'bytes'), { recursive: true })).filter((name) =>
      name.includes('sha256'),
    );
    await writeFile(join(backup, 'bytes', entry), 'damaged later');
    await expect(restoreBackup({ backup, url: join(folder.path, 'other.db'), clients })).rejects.toMatchObject({
      code: 'db.backup-damaged',
    });
    expect((await readdir(folder.path)).toSorted()).toEqual(['backup', 'restored.db', 'restored.db-bytes']);
  });
});
