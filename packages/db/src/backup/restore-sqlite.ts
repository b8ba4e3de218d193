import * as files from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFileByteStore } from '../bytes/file-byte-store.ts';
import { toFileError } from '../bytes/file-errors.ts';
import { syncFolder } from '../bytes/sync-names.ts';
import { dbErrors } from '../errors.ts';
import { copyContents } from './copy-contents.ts';
import { exists, syncFile } from './durable-files.ts';
import { type BackupManifest, BYTES } from './manifest.ts';
import { withCopy } from './open-copy.ts';
import { withScratchFolder } from './scratch-folder.ts';

export interface RestoreSqliteOptions {
  readonly folder: string;
  readonly manifest: BackupManifest;
  readonly path: string;
  readonly overwrite: boolean;
  readonly bytesFolder: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts everything together beside its place, and moves it there at the end: the bytes, then the database, which nobody
 * finds before. What is there already is moved aside. Gives the names that it has now.
 */
export async function restoreSqlite(options: RestoreSqliteOptions): Promise<readonly string[]> {
  const { folder, manifest, path, overwrite, bytesFolder = `${path}-bytes`, signal } = options;
  const [part] = manifest.parts;
  const places = [path, `${path}-wal`, `${path}-shm`, bytesFolder];
  const taken = await namesTaken(places);
  if (taken.length > 0 && !overwrite) {
    throw dbErrors.create('restore-refused', { target: path, reason: `${taken[0]} exists` });
  }
  const restore = async (besideDatabase: string, besideBytes: string): Promise<readonly string[]> => {
    const [database, bytes] = [join(besideDatabase, 'database'), join(besideBytes, 'bytes')];
    await files.copyFile(join(folder, part?.path ?? ''), database);
    await syncFile(database);
    const from = createFileByteStore({ folder: join(folder, BYTES) });
    const to = createFileByteStore({ folder: bytes });
    const { missing } = await withCopy(database, (db) => copyContents({ db, from, to, signal }));
    const damaged = missing.find((hash) => !manifest.missing.includes(hash));
    if (damaged !== undefined) {
      throw dbErrors.create('backup-damaged', { path: folder, reason: `the bytes of ${damaged} are not as they were` });
    }
    signal?.throwIfAborted();
    return moveIn({ path, bytesFolder, database, bytes, taken });
  };
  try {
    // Each on the disk that it is going to be on.
    return await withScratchFolder(path, (one) => withScratchFolder(bytesFolder, (other) => restore(one, other)));
  } catch (error) {
    throw toFileError(error, path);
  }
}

interface Move {
  readonly path: string;
  readonly bytesFolder: string;
  readonly database: string;
  readonly bytes: string;
  /** In this order: a database must not be found with the log or the bytes of another one. */
  readonly taken: readonly string[];
}

async function moveIn({ path, bytesFolder, database, bytes, taken }: Move): Promise<readonly string[]> {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const replaced: string[] = [];
  for (const place of taken) {
    // The log of a database is named after it, so that what was replaced can be opened.
    const aside = place.startsWith(path)
      ? `${path}.${time}.replaced${place.slice(path.length)}`
      : `${place}.${time}.replaced`;
    await files.rename(place, aside);
    replaced.push(aside);
  }
  if (await exists(bytes)) await files.rename(bytes, bytesFolder);
  await syncFolder(files, dirname(bytesFolder));
  await files.rename(database, path);
  await syncFolder(files, dirname(path));
  return replaced;
}

async function namesTaken(places: readonly string[]): Promise<readonly string[]> {
  const taken: string[] = [];
  for (const place of places) if (await exists(place)) taken.push(place);
  return taken;
}
