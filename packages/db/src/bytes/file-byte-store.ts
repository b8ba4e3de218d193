import { randomUUID } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { contentHash } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import type { ByteStore, StoredFile, WorkspaceBytes } from './byte-store.ts';
import { toFileError } from './file-errors.ts';
import { type FileSystem, isMissing } from './file-system.ts';
import { CONTENT_FILE, pruneFolder, removeEmptyFolders } from './prune-folder.ts';
import { createNameSync, type NameSync } from './sync-names.ts';

export interface FileByteStoreOptions {
  /** Holds the files as `<workspace id>/<first two digits of the hash>/<hash>`; made when first needed. */
  readonly folder: string;
  /** Default: Node's. */
  readonly files?: FileSystem;
}

const PREFIX_LENGTH = 'sha256-'.length;

/**
 * Keeps bytes in files, named by their hash. A file is there as a whole or not at all, also after a power cut; its
 * time of change is when it was last staged, so that pruning can spare what is young.
 *
 * What the system refuses is `db.disk-full`, `db.disk-error` or `db.not-writable`.
 */
export function createFileByteStore({ folder, files = nodeFiles }: FileByteStoreOptions): ByteStore {
  const names = createNameSync(files, folder);
  const forWorkspace = (workspaceId: number): WorkspaceBytes =>
    openFolder(join(folder, String(workspaceId)), { files, names });
  return {
    forWorkspace,
    async copy({ hash, fromId, toId }) {
      const bytes = await forWorkspace(fromId).read(hash);
      if (bytes === undefined) throw dbErrors.create('content-missing', { hash });
      const actual = contentHash(bytes);
      if (actual !== hash) throw dbErrors.create('content-corrupt', { hash, actual });
      await forWorkspace(toId).stage(bytes);
    },
    async workspaceIds() {
      const names = await files.readdir(folder).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw toFileError(error, folder);
      });
      return names.filter((name) => /^\d+$/.test(name)).map(Number);
    },
    removeFolders: (workspaceId) => removeEmptyFolders(join(folder, String(workspaceId)), files),
  };
}

interface FileAccess {
  readonly files: FileSystem;
  readonly names: NameSync;
}

function openFolder(folder: string, { files, names }: FileAccess): WorkspaceBytes {
  /** Undefined for what is no hash, and so is no file of ours. */
  const pathOf = (hash: string): string | undefined =>
    CONTENT_FILE.test(hash) ? join(folder, hash.slice(PREFIX_LENGTH, PREFIX_LENGTH + 2), hash) : undefined;
  const refuse = (error: unknown): never => {
    throw toFileError(error, folder);
  };
  return {
    async stage(bytes) {
      const hash = contentHash(bytes);
      const path = pathOf(hash) as string;
      const isThere = await touchIntact(files, path, hash).catch(refuse);
      if (!isThere) await writeWhole({ files, names, path }, bytes).catch(refuse);
      await names.sync(dirname(path)).catch(refuse);
      return { hash, size: bytes.byteLength, storage: 'file' };
    },
    async read(hash) {
      const path = pathOf(hash);
      return path === undefined ? undefined : readIfThere(files, path).catch(refuse);
    },
    async remove(hash) {
      const path = pathOf(hash);
      if (path !== undefined) await files.rm(path, { force: true }).catch(refuse);
    },
    async size(hash) {
      const path = pathOf(hash);
      return path === undefined ? undefined : (await ifThere(files.stat(path)).catch(refuse))?.size;
    },
    async *list() {
      for (const digits of (await namesIn(files, folder)).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
        const found: StoredFile[] = [];
        for (const hash of (await namesIn(files, join(folder, digits))).filter((name) => CONTENT_FILE.test(name))) {
          const facts = await ifThere(files.stat(join(folder, digits, hash)));
          if (facts) found.push({ hash, size: facts.size, stagedAt: facts.mtime });
        }
        if (found.length > 0) yield found;
      }
    },
    prune: (options) => pruneFolder({ ...options, folder, files }).catch(refuse),
  };
}

/** Whether the file is there with the bytes that its name promises. A damaged one is written again by the caller. */
async function touchIntact(files: FileSystem, path: string, hash: string): Promise<boolean> {
  const bytes = await readIfThere(files, path);
  if (bytes === undefined || contentHash(bytes) !== hash) return false;
  const now = new Date();
  // Pruning may take it between the look and the touch; then it is written again.
  return files.utimes(path, now, now).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

async function readIfThere(files: FileSystem, path: string): Promise<Uint8Array | undefined> {
  const bytes = await ifThere(files.readFile(path));
  return bytes && new Uint8Array(bytes);
}

async function namesIn(files: FileSystem, folder: string): Promise<readonly string[]> {
  return ((await ifThere(files.readdir(folder))) ?? []).sort();
}

async function ifThere<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The bytes are synced before they have their name: whoever finds it finds all of them. */
async function writeWhole(
  { files, names, path }: FileAccess & { readonly path: string },
  bytes: Uint8Array,
): Promise<void> {
  const folder = dirname(path);
  await names.makeFolder(folder);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  try {
    const file = await files.open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    await files.rm(temporary, { force: true });
    throw error;
  }
}
