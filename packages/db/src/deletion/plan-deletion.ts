import type { ForeignKey } from './foreign-keys.ts';

/** One statement of a deletion: what happens to the rows of a table that lead to the deleted rows by a path of keys. */
export interface DeletionStep {
  /** `delete` the rows, or make them `forget`: their key is set to null. */
  readonly kind: 'delete' | 'forget';
  readonly table: string;
  /** From the table to the one that is deleted from. */
  readonly path: readonly [ForeignKey, ...ForeignKey[]];
}

/**
 * What must happen before rows of a table can be deleted, dependants first, so that it is complete whatever tables
 * there are:
 *
 * - what belongs to a deleted row (`onDelete: Cascade`) goes, and so does what cannot be without it (a key that is
 *   required and says nothing else);
 * - what merely names a deleted row (an optional key) stays and forgets it;
 * - `Restrict` and `SetDefault` are left to the database.
 *
 * Keys of a table to itself are left to the caller.
 */
export function planDeletion(keys: readonly ForeignKey[], table: string): readonly DeletionStep[] {
  const steps: DeletionStep[] = [];
  const visit = (target: string, path: readonly ForeignKey[]): void => {
    for (const key of keys) {
      const isOnTheWay = key.table === table || path.some((passed) => passed.table === key.table);
      if (key.targetTable !== target || isOnTheWay) continue;
      const kind = fateOf(key);
      if (kind === undefined) continue;
      if (kind === 'delete') visit(key.table, [key, ...path]);
      steps.push({ kind, table: key.table, path: [key, ...path] });
    }
  };
  visit(table, []);
  return steps;
}

function fateOf({ onDelete, columns }: ForeignKey): DeletionStep['kind'] | undefined {
  if (onDelete === 'CASCADE') return 'delete';
  if (onDelete === 'RESTRICT' || onDelete === 'SET DEFAULT') return undefined;
  return columns.some(({ isOptional }) => isOptional) ? 'forget' : 'delete';
}

/** The tables that refer to `table`, directly or through others, each after those that refer to it. */
export function dependantTables(keys: readonly ForeignKey[], table: string): readonly string[] {
  const found = new Set<string>();
  const visited = new Set([table]);
  const visit = (target: string): void => {
    for (const key of keys) {
      if (key.targetTable !== target || visited.has(key.table)) continue;
      visited.add(key.table);
      visit(key.table);
      found.add(key.table);
    }
  };
  visit(table);
  return [...found];
}
