import type { SqlExecutor } from '../sql/executor.ts';

export interface ForeignKeyColumn {
  readonly column: string;
  readonly target: string;
  /** Whether it may be null. */
  readonly isOptional: boolean;
}

/** A foreign key as the database has it, whichever fragment declared it. */
export interface ForeignKey {
  readonly table: string;
  readonly targetTable: string;
  readonly columns: readonly ForeignKeyColumn[];
  readonly onDelete: 'CASCADE' | 'SET NULL' | 'SET DEFAULT' | 'RESTRICT' | 'NO ACTION';
}

interface Row {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly is_optional: number;
  readonly target_table: string;
  readonly target_column: string;
  readonly on_delete: ForeignKey['onDelete'];
}

/** All foreign keys of the schema: also those of tables that plugins have added, in use or not. */
export async function readForeignKeys(db: SqlExecutor): Promise<readonly ForeignKey[]> {
  const rows = await db.all<Row>(db.dialect.foreignKeyColumns);
  const keys = Map.groupBy(rows, ({ table, key }) => `${table} ${key}`);
  return [...keys.values()].flatMap((columns) => {
    const [first] = columns;
    if (!first) return [];
    return {
      table: first.table,
      targetTable: first.target_table,
      onDelete: first.on_delete,
      columns: columns.map(({ column, target_column, is_optional }) => ({
        column,
        target: target_column,
        isOptional: is_optional === 1,
      })),
    };
  });
}
