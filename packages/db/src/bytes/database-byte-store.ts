import { contentHash } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import type { ByteStore, WorkspaceBytes } from './byte-store.ts';

const bytesInDatabase: WorkspaceBytes = {
  stage: async (bytes) => ({ hash: contentHash(bytes), size: bytes.byteLength, storage: 'database', bytes }),
  read: async () => undefined,
  remove: async () => {},
  size: async () => undefined,
  async *list() {},
  prune: async () => ({ files: 0, temporaryFiles: 0, bytes: 0 }),
};

/** Keeps bytes in the database itself: the content repository writes them with the row that names them. */
export function createDatabaseByteStore(): ByteStore {
  return {
    forWorkspace: () => bytesInDatabase,
    copy: async ({ hash }) => {
      throw dbErrors.create('content-missing', { hash });
    },
    workspaceIds: async () => [],
    removeFolders: async () => {},
  };
}
