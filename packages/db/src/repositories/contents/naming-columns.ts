import type { SqlExecutor } from '../../sql/executor.ts';
import { identifier, type Sql } from '../../sql/statement.ts';

/** The tables whose rows are pruned, and so keep nothing by themselves. */
const PRUNED = new Set(['artifacts', 'contents', 'content_bytes']);
/** Hashes of what is neither bytes nor the input of a step. */
const OF_OTHER_THINGS = new Set(['uri_hash', 'config_hash']);
const TENANT = 'workspace_id';

/** Whether the values of a column of that name are hashes of bytes, or of the input of a step. */
export function namesContent(column: string): boolean {
  return column.endsWith('_hash') && !OF_OTHER_THINGS.has(column);
}

/** Whether the rows of a table keep the bytes that they name. */
export function keepsContent(table: string): boolean {
  return !PRUNED.has(table);
}

/** A column whose values name bytes, or the input of a step. */
export interface NamingColumn {
  readonly table: Sql;
  readonly column: Sql;
}

/**
 * All columns that keep bytes and artifacts: those of a workspace's tables whose names end in `_hash`, as the database's
 * own catalog has them. So it holds also for tables of plugins that are not in use now, and a result that names bytes
 * keeps them.
 */
export async function namingColumns(db: SqlExecutor): Promise<readonly NamingColumn[]> {
  const all = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const ofWorkspaces = new Set(all.filter(({ column }) => column === TENANT).map(({ table }) => table));
  return all
    .filter(({ table, column }) => ofWorkspaces.has(table) && keepsContent(table) && namesContent(column))
    .map(({ table, column }) => ({ table: identifier(table), column: identifier(column) }));
}
