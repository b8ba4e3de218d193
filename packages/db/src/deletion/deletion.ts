import { createRowCounts } from './row-counts.ts';

/** What a deletion did, in rows. Tables that it did not touch are left out. */
export interface Deletion {
  /** Rows that are gone, by table. */
  readonly deleted: Readonly<Record<string, number>>;
  /** Rows that stay and were brought up to date, by table: they no longer name what is gone. */
  readonly changed: Readonly<Record<string, number>>;
}

export interface DeleteOptions {
  /** Does everything and takes it back: the result says what would be deleted. Default false. */
  readonly isDryRun?: boolean;
}

/** Adds up a deletion while it is done. */
export interface DeletionTally {
  deleted(table: string, rows: number): void;
  changed(table: string, rows: number): void;
  result(): Deletion;
}

export function createDeletionTally(): DeletionTally {
  const [deleted, changed] = [createRowCounts(), createRowCounts()];
  return {
    deleted: deleted.add,
    changed: changed.add,
    result: () => ({ deleted: deleted.result(), changed: changed.result() }),
  };
}
