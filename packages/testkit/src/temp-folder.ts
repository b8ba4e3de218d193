import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a test. */
export interface TempFolder {
  /** Absolute. */
  readonly path: string;
  /** Removes the folder with all that is in it; calling it again does nothing. */
  remove(): Promise<void>;
}

const kept = new Set<string>();
let isWatchingExit = false;

/** Makes an empty folder; what is not removed by then goes when the process exits. */
export async function createTempFolder(name = 'test'): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), `sheaf-${name}-`));
  kept.add(path);
  if (!isWatchingExit) {
    isWatchingExit = true;
    process.on('exit', () => {
      for (const folder of kept) rmSync(folder, { recursive: true, force: true });
    });
  }
  return {
    path,
    async remove() {
      kept.delete(path);
      // A process that was just killed may still be writing its last file.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}
