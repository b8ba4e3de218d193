import type { DatabaseDump } from './dump-database.ts';

/** The rows that one dump has and the other lacks: `- table row` for what is missing, `+ table row` for what is new. */
export function compareDumps(expected: DatabaseDump, actual: DatabaseDump): readonly string[] {
  const tables = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return tables.flatMap((table) => {
    const missing = without(expected[table] ?? [], actual[table] ?? []);
    const added = without(actual[table] ?? [], expected[table] ?? []);
    return [...missing.map((row) => `- ${table} ${row}`), ...added.map((row) => `+ ${table} ${row}`)];
  });
}

/** Each row counts as often as it is there. */
function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}
