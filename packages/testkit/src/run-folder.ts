import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAbandonedFolders } from './abandoned-folders.ts';
import { IN_MEMORY, temporaryRoot } from './temporary-root.ts';

/** The folder for temporary files of a test run. */
export interface RunFolder {
  readonly path: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

const PREFIX = 'sheaf-run-';
/** Where Node, and other programs, look first for the folder for temporary files. */
const VARIABLES = process.platform === 'win32' ? ['TEMP', 'TMP'] : ['TMPDIR'];

/**
 * Gives this process and those that it starts a folder of their own for temporary files. A worker of vitest may be ended
 * without any of its `exit` handlers, and a program under test by SIGKILL: what they leave goes with the run, and what a
 * killed run leaves goes when the next one begins.
 */
export async function openRunFolder(): Promise<RunFolder> {
  // Before there is a choice to make: what a killed run left takes room.
  for (const root of [IN_MEMORY, tmpdir()]) await removeAbandonedFolders(root, PREFIX);
  const path = await mkdtemp(join(await temporaryRoot(), `${PREFIX}${process.pid}-`));
  // Servers and programs under test may run as another user.
  await chmod(path, 0o755);
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) process.env[name] = path;
  const onExit = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', onExit);
  return {
    path,
    async remove() {
      process.off('exit', onExit);
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      // A process that was just killed may still be writing its last file.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}
