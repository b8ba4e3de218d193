import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { PrunedFiles, PruneFilesOptions } from './byte-store.ts';
import { codeOf, type FileSystem, isMissing } from './file-system.ts';
import { syncFolder } from './sync-names.ts';

export interface PruneFolderOptions extends PruneFilesOptions {
  /** The folder of a workspace. */
  readonly folder: string;
  readonly files: FileSystem;
}

export const CONTENT_FILE: RegExp = /^sha256-[0-9a-f]{64}$/;
const TEMPORARY = /^\..+\.tmp$/;
/** A file that is being removed: it is put aside first, so that nobody can find it while its age is looked at. */
const ASIDE = /^\.(sha256-[0-9a-f]{64})\..+\.pruning$/;

interface OldFile {
  readonly name: string;
  readonly size: number;
}

/** Prunes folder by folder: a store has 256 of them. */
export async function pruneFolder(options: PruneFolderOptions): Promise<PrunedFiles> {
  const { folder, files } = options;
  let pruned: PrunedFiles = { files: 0, temporaryFiles: 0, bytes: 0 };
  for (const prefix of (await namesIn(files, folder)).sort()) {
    const part = await prunePart({ ...options, folder: join(folder, prefix) });
    pruned = {
      files: pruned.files + part.files,
      temporaryFiles: pruned.temporaryFiles + part.temporaryFiles,
      bytes: pruned.bytes + part.bytes,
    };
  }
  return pruned;
}

async function prunePart(options: PruneFolderOptions): Promise<PrunedFiles> {
  const { folder, files, recorded, isDryRun = false } = options;
  if (!isDryRun) await putBackAll(files, folder);
  const names = await namesIn(files, folder);
  const temporary = await oldOnes(options, names, TEMPORARY);
  const old = await oldOnes(options, names, CONTENT_FILE);
  const known = old.length === 0 ? new Set<string>() : await recorded(old.map(({ name }) => name));
  const orphans = old.filter(({ name }) => !known.has(name));
  const removed: OldFile[] = [];
  for (const file of orphans) {
    if (isDryRun || (await removeOld(options, file.name))) removed.push(file);
  }
  for (const { name } of isDryRun ? [] : temporary) await files.rm(join(folder, name), { force: true });
  const bytes = [...removed, ...temporary].reduce((sum, { size }) => sum + size, 0);
  return { files: removed.length, temporaryFiles: temporary.length, bytes };
}

async function oldOnes(
  { folder, files, before }: PruneFolderOptions,
  names: readonly string[],
  pattern: RegExp,
): Promise<readonly OldFile[]> {
  const found: OldFile[] = [];
  for (const name of names) {
    if (!pattern.test(name)) continue;
    const stats = await files.stat(join(folder, name)).catch(ignoreMissing);
    if (stats?.isFile() && stats.mtime < before) found.push({ name, size: stats.size });
  }
  return found;
}

/**
 * Removes a file that is old still. Whoever stages the same bytes either has touched it before it was put aside, and
 * then it is young and put back; or does not find it any more, and writes it anew.
 */
async function removeOld({ folder, files, before }: PruneFolderOptions, name: string): Promise<boolean> {
  const path = join(folder, name);
  const aside = join(folder, `.${name}.${randomUUID()}.pruning`);
  const isAside = await files.rename(path, aside).then(() => true, ignoreMissing);
  const stats = isAside && (await files.stat(aside).catch(ignoreMissing));
  if (!stats) return false;
  if (stats.mtime < before) {
    await files.rm(aside, { force: true });
    return true;
  }
  await putBack(files, aside, path);
  return false;
}

/** A pruning that was killed may have left files aside, which then lack. */
async function putBackAll(files: FileSystem, folder: string): Promise<void> {
  for (const name of await namesIn(files, folder)) {
    const [, hash] = ASIDE.exec(name) ?? [];
    if (hash !== undefined) await putBack(files, join(folder, name), join(folder, hash));
  }
}

/**
 * A link and not a rename: a file that was written anew meanwhile is the better one. Its name is certain before the
 * other one goes, as whoever staged it relies on it.
 */
async function putBack(files: FileSystem, aside: string, path: string): Promise<void> {
  await files.link(aside, path).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST' && !isMissing(error)) throw error;
  });
  await syncFolder(files, dirname(path));
  await files.rm(aside, { force: true });
}

/** Of a folder and of those in it, the empty ones. */
export async function removeEmptyFolders(folder: string, files: FileSystem): Promise<void> {
  const folders = [...(await namesIn(files, folder)).map((name) => join(folder, name)), folder];
  for (const one of folders) {
    await files.rmdir(one).catch((error: unknown) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) throw error;
    });
  }
}

async function namesIn(files: FileSystem, folder: string): Promise<string[]> {
  return files.readdir(folder).catch((error: unknown) => {
    if (isMissing(error) || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  });
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
