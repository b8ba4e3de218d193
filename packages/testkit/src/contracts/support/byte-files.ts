import { readdir, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OpenedData } from '../contract-harness.ts';

export interface StoredFile {
  readonly workspaceId: number;
  readonly name: string;
  readonly path: string;
}

/** The files of the bytes of all workspaces; none where the database keeps them. */
export async function storedFiles({ provider, url }: OpenedData): Promise<readonly StoredFile[]> {
  if (provider !== 'sqlite') return [];
  const folder = `${url}-bytes`;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => ({
      name,
      path: join(parentPath, name),
      workspaceId: Number(basename(dirname(parentPath))),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes all files look as if they had been staged at a time. */
export async function ageFiles(data: OpenedData, time: Date): Promise<void> {
  for (const { path } of await storedFiles(data)) await utimes(path, time, time);
}
