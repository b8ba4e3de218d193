import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../bytes/sync-names.ts';

/** Syncs a folder with all that is in it. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await files.readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else await syncFile(path);
  }
  await syncFolder(files, folder);
}

export async function syncFile(path: string): Promise<void> {
  const file = await files.open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function digestFile(path: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

export async function exists(path: string): Promise<boolean> {
  return files.lstat(path).then(
    () => true,
    () => false,
  );
}
