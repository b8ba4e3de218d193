import { randomUUID } from 'node:crypto';
import * as files from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isBusy, openSqlite } from '@sheaf/adapter-sqlite';
import { toSqliteError } from '../connection/sqlite-errors.ts';
import { exists } from './durable-files.ts';

/** The folder of a program that works, beside it `<folder>.lock`. */
const LOCK = /^(?<folder>\..+\.[0-9a-f-]{36}\.partial)\.lock$/;

/**
 * Runs `work` with a new folder beside `target`, `.<name>.<id>.partial`, in which that may come into being. Whatever is
 * left of the folder is removed at the end, and so are those of programs that were killed.
 */
export async function withScratchFolder<T>(target: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = dirname(target);
  await files.mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const { folder, lock } = await claimName(target);
  try {
    await files.mkdir(folder);
    return await work(folder);
  } finally {
    await removeClaimed(folder, lock).catch(() => {});
  }
}

/** What goes wrong with the remains of others is no reason not to begin. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await files.readdir(parent).catch(() => [])) {
    const { folder } = LOCK.exec(name)?.groups ?? {};
    if (folder === undefined) continue;
    const lock = await tryLock(join(parent, name)).catch(() => undefined);
    if (lock) await removeClaimed(join(parent, folder), lock).catch(() => {});
  }
}

async function claimName(target: string): Promise<{ readonly folder: string; readonly lock: Lock }> {
  for (;;) {
    const folder = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
    await files.writeFile(`${folder}.lock`, '');
    const lock = await tryLock(`${folder}.lock`);
    // Until it was locked, it looked like one that is abandoned.
    if (lock && (await exists(`${folder}.lock`))) return { folder, lock };
    await lock?.release();
  }
}

/** The file goes last: while it is there, somebody will remove the folder. */
async function removeClaimed(folder: string, lock: Lock): Promise<void> {
  try {
    await files.rm(folder, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
  await files.rm(`${folder}.lock`, { force: true });
}

interface Lock {
  release(): Promise<void>;
}

/**
 * Node itself cannot lock files. SQLite can, by a lock of the system that ends with the process, however that ends, and
 * holds on other machines of a shared disk as well. Undefined where another one has the lock.
 */
async function tryLock(file: string): Promise<Lock | undefined> {
  try {
    const database = openSqlite({ path: file, busyTimeout: 0, pragmas: { journal_mode: 'MEMORY' } });
    try {
      await database.begin();
      return { release: () => database.close() };
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw toSqliteError(error, { path: file });
  }
}
