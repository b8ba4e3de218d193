/** Counts rows by table. */
export interface RowCounts {
  add(table: string, rows: number): void;
  /** In the order of the tables' names. */
  result(): Readonly<Record<string, number>>;
}

export function createRowCounts(): RowCounts {
  const counts = new Map<string, number>();
  return {
    add(table, rows) {
      if (rows > 0) counts.set(table, (counts.get(table) ?? 0) + rows);
    },
    result: () => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
