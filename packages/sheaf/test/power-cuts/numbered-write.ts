import type { DatabaseConfig } from '@sheaf/db';

export type Synchronous = 'FULL' | 'NORMAL' | 'OFF';

/** One transaction of the program whose power is cut; they are numbered from 1 in the order in which they commit. */
export interface NumberedWrite {
  readonly number: number;
  readonly kind: 'add' | 'delete';
  readonly uri: string;
  /** Of the bytes that the document holds. */
  readonly hash: string;
}

/** A line of that program: a write begins inside its transaction, and is acknowledged once that has ended. */
export type Said = { readonly begins: NumberedWrite } | { readonly acknowledges: number };

/** Small, so that a short program has many checkpoints, and bytes in files as well as in the database. */
export function databaseOf(synchronous: Synchronous): DatabaseConfig {
  return { sqlite: { synchronous, maxContentBytes: 3_000, pragmas: { wal_autocheckpoint: 60 } } };
}

/** What holds once the first so many writes have happened: the documents with the hashes of their bytes. */
export function documentsAfter(writes: readonly NumberedWrite[], count: number): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const { kind, uri, hash } of writes.slice(0, count)) {
    if (kind === 'add') documents.set(uri, hash);
    else documents.delete(uri);
  }
  return documents;
}
