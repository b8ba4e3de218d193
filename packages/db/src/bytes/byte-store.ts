import type { ContentHash } from '@sheaf/core';

/** Bytes that are stored, or ready to be stored with the row that names them. */
export interface StagedContent {
  readonly hash: ContentHash;
  /** Bytes. */
  readonly size: number;
  readonly storage: 'file' | 'database';
  /** Present where the database keeps the bytes: they are written by the transaction that records the content. */
  readonly bytes?: Uint8Array;
}

/** Where the bytes of one workspace are kept. */
export interface WorkspaceBytes {
  /**
   * Prepares bytes before the transaction that records them. Files are written under a temporary name, synced and
   * renamed; a crash leaves at worst a file that no row names, which pruning collects.
   */
  stage(bytes: Uint8Array): Promise<StagedContent>;
  /** Reads a file's bytes; undefined where there is none. The hash is verified by the caller. */
  read(hash: string): Promise<Uint8Array | undefined>;
  remove(hash: string): Promise<void>;
}

/** Where the bytes of all workspaces are kept. */
export interface ByteStore {
  forWorkspace(workspaceId: number): WorkspaceBytes;
}
