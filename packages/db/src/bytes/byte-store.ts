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

export interface PruneFilesOptions {
  /** What was staged at this time or later is spared. */
  readonly before: Date;
  /** Those of the hashes that have a row. */
  readonly recorded: (hashes: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Counts and removes nothing. Default false. */
  readonly isDryRun?: boolean;
}

export interface PrunedFiles {
  /** Whole files that no row named. */
  readonly files: number;
  /** What writers that were killed have left behind. */
  readonly temporaryFiles: number;
  /** Bytes of both. */
  readonly bytes: number;
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
  /**
   * Removes files that no row names and temporary files, both only where they are old. What is staged again meanwhile
   * stays. May be interrupted at any time.
   */
  prune(options: PruneFilesOptions): Promise<PrunedFiles>;
}

export interface CopyFileOptions {
  readonly hash: string;
  /** Ids of workspaces. */
  readonly fromId: number;
  readonly toId: number;
}

/** Where the bytes of all workspaces are kept. */
export interface ByteStore {
  forWorkspace(workspaceId: number): WorkspaceBytes;
  /**
   * Gives a workspace a file that another one has, before the transaction that records it there.
   *
   * @throws `db.content-missing`, `db.content-corrupt`.
   */
  copy(file: CopyFileOptions): Promise<void>;
  /** The workspaces that have files, whether they still exist or not. */
  workspaceIds(): Promise<readonly number[]>;
  /** Removes the folders of a workspace, as far as they are empty. */
  removeFolders(workspaceId: number): Promise<void>;
}
