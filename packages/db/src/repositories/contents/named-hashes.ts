import type { DataScope } from '../../scope.ts';
import { identifier, joinSql, type Sql, sql } from '../../sql/statement.ts';

/** The tables whose rows are pruned, and so keep nothing by themselves. */
const PRUNED = new Set(['artifacts', 'contents', 'content_bytes']);
/** Hashes of what is neither bytes nor the input of a step. */
const OF_OTHER_THINGS = new Set(['uri_hash', 'config_hash']);
const TENANT = 'workspace_id';

/**
 * Selects every hash that a row of the workspace names, as column `hash`. What keeps bytes and artifacts is found by
 * the names of columns, `…_hash`, in the database's own catalog: so it holds also for tables of plugins that are not
 * in use now, and a result that names bytes keeps them.
 */
export async function namedHashes({ sql: db, workspace }: DataScope): Promise<Sql> {
  const all = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const ofWorkspaces = new Set(all.filter(({ column }) => column === TENANT).map(({ table }) => table));
  const naming = all.filter(
    ({ table, column }) =>
      ofWorkspaces.has(table) && !PRUNED.has(table) && column.endsWith('_hash') && !OF_OTHER_THINGS.has(column),
  );
  const selects = naming.map(
    ({ table, column }) => sql`
      SELECT ${identifier(column)} AS hash FROM ${identifier(table)}
      WHERE ${identifier(TENANT)} = ${workspace.id} AND ${identifier(column)} IS NOT NULL`,
  );
  return sql`SELECT hash FROM (${joinSql(selects, ' UNION ')}) AS named`;
}
