import { type ForeignKey, readForeignKeys } from '../deletion/foreign-keys.ts';
import { LOOSE_REFERENCES } from '../loose-references.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { isRequired, TENANT } from './key-columns.ts';

/** A table as the database has it, whichever fragment declared it. */
export interface MoveTable {
  readonly name: string;
  /** Those that can be written. */
  readonly columns: readonly string[];
  /** What its rows refer to, with and without a foreign key. */
  readonly keys: readonly ForeignKey[];
  /** The columns of each key that tells its rows apart, the primary one first. */
  readonly uniqueKeys: readonly (readonly string[])[];
}

const optional = (column: string, target = 'id') => ({ column, target, isOptional: true });
const required = (column: string, target = column) => ({ column, target, isOptional: false });

const LOOSE_KEYS = LOOSE_REFERENCES.flatMap(({ table, column, target, onMove, isOfRun = false }): ForeignKey[] => {
  if (onMove === undefined) return [];
  return [
    {
      table,
      targetTable: target,
      columns: [required(TENANT), ...(isOfRun ? [required('run_id')] : []), optional(column)],
      onDelete: onMove,
    },
  ];
});

export function isLoose(key: ForeignKey): boolean {
  return LOOSE_KEYS.includes(key);
}

/** All tables by name, also those of plugins that are not in use. */
export async function readMoveCatalog(db: SqlExecutor): Promise<ReadonlyMap<string, MoveTable>> {
  const columns = await db.all<{ readonly table: string; readonly column: string; readonly is_computed: number }>(
    db.dialect.tableColumns,
  );
  const unique = await db.all<{ readonly table: string; readonly key: string; readonly column: string }>(
    db.dialect.uniqueKeyColumns,
  );
  const keys = [...(await readForeignKeys(db)).map(asBelonging), ...LOOSE_KEYS];
  const uniqueKeys = Map.groupBy(unique, ({ table }) => table);
  const tables = Map.groupBy(columns, ({ table }) => table);
  return new Map(
    [...tables].map(([name, own]) => [
      name,
      {
        name,
        columns: own.flatMap(({ column, is_computed }) => (is_computed === 0 ? column : [])),
        keys: keys.filter(({ table }) => table === name),
        uniqueKeys: [...Map.groupBy(uniqueKeys.get(name) ?? [], ({ key }) => key).values()].map((rows) =>
          rows.map(({ column }) => column),
        ),
      },
    ]),
  );
}

/** What cannot be without a row that moves does not hold it back: it comes along. */
function asBelonging(key: ForeignKey): ForeignKey {
  const holdsBack = key.onDelete === 'RESTRICT' || key.onDelete === 'SET DEFAULT';
  return holdsBack && isRequired(key) ? { ...key, onDelete: 'CASCADE' } : key;
}
