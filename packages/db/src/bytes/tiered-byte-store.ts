import type { ByteStore } from './byte-store.ts';
import { createDatabaseByteStore } from './database-byte-store.ts';
import { createFileByteStore } from './file-byte-store.ts';

export interface TieredByteStoreOptions {
  /** Holds the files of larger contents; made when first needed. */
  readonly folder: string;
  /** Contents up to so many bytes are kept in the database; default 100,000. */
  readonly maxDatabaseBytes?: number | undefined;
}

/**
 * Up to this size SQLite reads and writes bytes faster than files, and needs no sync of its own for each:
 * https://sqlite.org/intern-v-extern-blob.html
 */
const MAX_DATABASE_BYTES = 100_000;

/** Keeps small contents in the database and larger ones in files. What was kept otherwise is read all the same. */
export function createTieredByteStore(options: TieredByteStoreOptions): ByteStore {
  const { folder, maxDatabaseBytes = MAX_DATABASE_BYTES } = options;
  const database = createDatabaseByteStore();
  const files = createFileByteStore({ folder });
  return {
    ...files,
    forWorkspace(workspaceId) {
      const small = database.forWorkspace(workspaceId);
      const large = files.forWorkspace(workspaceId);
      return { ...large, stage: (bytes) => (bytes.byteLength <= maxDatabaseBytes ? small : large).stage(bytes) };
    },
  };
}
