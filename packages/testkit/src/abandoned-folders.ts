import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the folders `<prefix><process id>-…` in another whose process was killed, and so could not do it. */
export async function removeAbandonedFolders(root: string, prefix: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : 0;
    if (owner > 0 && !isAlive(owner)) await rm(join(root, name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: string }).code === 'EPERM';
  }
}
