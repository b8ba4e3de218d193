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

/** A file of a byte store. */
export interface StoredFile {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** When the same bytes were staged last. */
  readonly stagedAt: Date;
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
  /** Bytes of a file, without reading it; undefined where there is none. */
  size(hash: string): Promise<number | undefined>;
  /** All files, some thousands at a time. What comes or goes meanwhile may or may not be among them. */
  list(): AsyncIterable<readonly StoredFile[]>;
}

/** Where the bytes of all workspaces are kept. */
export interface ByteStore {
  forWorkspace(workspaceId: number): WorkspaceBytes;
}
