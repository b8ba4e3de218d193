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
  const [deleted, changed] = [new Map<string, number>(), new Map<string, number>()];
  const add = (counts: Map<string, number>, table: string, rows: number): void => {
    if (rows > 0) counts.set(table, (counts.get(table) ?? 0) + rows);
  };
  const sorted = (counts: Map<string, number>): Record<string, number> =>
    Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    deleted: (table, rows) => add(deleted, table, rows),
    changed: (table, rows) => add(changed, table, rows),
    result: () => ({ deleted: sorted(deleted), changed: sorted(changed) }),
  };
}
