import { dirname } from 'node:path';
import type { FileSystem } from './file-system.ts';

/** Sees to it that names outlast a power cut: a name lasts once the folder that has it was synced. */
export interface NameSync {
  /** Makes a folder where there is none. */
  makeFolder(folder: string): Promise<void>;
  /**
   * Syncs the names in a folder, whoever wrote them: another writer may not have got to it. Its own name, and those of
   * the folders above it, are synced when it is first asked for.
   */
  sync(folder: string): Promise<void>;
}

/** `top` is the uppermost folder that others may make as well. */
export function createNameSync(files: FileSystem, top: string): NameSync {
  const lasting = new Set<string>();
  let uppermost = top;
  return {
    async makeFolder(folder) {
      const firstMade = await files.mkdir(folder, { recursive: true });
      if (firstMade === undefined) return;
      if (firstMade.length < uppermost.length) uppermost = firstMade;
      for (let made = folder; made.length >= firstMade.length; made = dirname(made)) lasting.delete(made);
    },
    async sync(folder) {
      await syncFolder(files, folder);
      const synced: string[] = [];
      for (let one = folder; one.length >= uppermost.length && !lasting.has(one); one = dirname(one)) {
        await syncFolder(files, dirname(one));
        synced.push(one);
      }
      for (const one of synced) lasting.add(one);
    },
  };
}

export async function syncFolder(files: FileSystem, folder: string): Promise<void> {
  // Windows cannot open a folder as a file, and needs no sync of it.
  if (process.platform === 'win32') return;
  const handle = await files.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
