import { constants } from 'node:fs';
import { access, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder that Linux keeps in memory. */
export const IN_MEMORY = '/dev/shm';

/** What may say where temporary files go. */
const VARIABLES: readonly string[] = ['TMPDIR', 'TMP', 'TEMP'];

/** Bytes: several times what all tests of this project have there at once, which is 300 MB. */
const ROOM = 2 * 1024 ** 3;

export interface TemporaryRootOptions {
  /** A folder that the system keeps in memory; default `/dev/shm`. */
  readonly inMemory?: string;
  /** Bytes that are free there, and of memory, for it to be chosen. */
  readonly room?: number;
}

/**
 * Where the temporary files of a test run go: where the environment says, else into memory where there is room, since tests
 * make and remove files all the time; else to the system's folder for them.
 */
export async function temporaryRoot(options: TemporaryRootOptions = {}): Promise<string> {
  const { inMemory = IN_MEMORY, room = ROOM } = options;
  if (VARIABLES.some((name) => process.env[name])) return tmpdir();
  const hasRoom = async (): Promise<boolean> => {
    const { bavail, bsize } = await statfs(inMemory);
    return Math.min(bavail * bsize, process.availableMemory()) >= room;
  };
  return (await hasRoom().catch(() => false)) && (await isUsable(inMemory)) ? inMemory : tmpdir();
}

/** Some systems let nothing be written there, or no program be run from there. */
async function isUsable(folder: string): Promise<boolean> {
  const probe = join(folder, `sheaf-probe-${process.pid}`);
  try {
    await writeFile(probe, '', { mode: 0o755, flag: 'wx' });
    await access(probe, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}
