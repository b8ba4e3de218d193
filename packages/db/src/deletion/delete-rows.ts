import type { Dialect } from '../sql/dialect.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, joinSql, type Sql, sql } from '../sql/statement.ts';
import type { DeletionTally } from './deletion.ts';
import type { ForeignKey } from './foreign-keys.ts';
import { planDeletion } from './plan-deletion.ts';

export interface DeleteRowsOptions {
  readonly keys: readonly ForeignKey[];
  readonly table: string;
  readonly workspaceId: number;
  readonly ids: readonly string[];
  readonly tally: DeletionTally;
}

const TENANT = 'workspace_id';

/** Deletes rows by their ids with all that depends on them: one statement for each way that leads to them. */
export async function deleteRows(db: SqlExecutor, options: DeleteRowsOptions): Promise<void> {
  const { keys, table, workspaceId, ids, tally } = options;
  if (ids.length === 0) return;
  const chosen = sql`${identifier(TENANT)} = ${workspaceId} AND ${db.dialect.isIn(sql`id`, ids)}`;
  for (const { kind, table: dependant, path } of planDeletion(keys, table)) {
    const where = path.reduceRight<Sql>((target, key) => leadingTo(key, target, options, db.dialect), chosen);
    if (kind === 'delete') {
      tally.deleted(dependant, await db.execute(sql`DELETE FROM ${identifier(dependant)} WHERE ${where}`));
      continue;
    }
    const forgotten = joinSql(
      path[0].columns.flatMap(({ column, isOptional }) => (isOptional ? sql`${identifier(column)} = NULL` : [])),
      ', ',
    );
    tally.changed(dependant, await db.execute(sql`UPDATE ${identifier(dependant)} SET ${forgotten} WHERE ${where}`));
  }
  tally.deleted(table, await db.execute(sql`DELETE FROM ${identifier(table)} WHERE ${chosen}`));
}

/** The rows of a key's table whose target is among the rows that `chosen` says. */
export function leadingTo(
  { columns, targetTable }: ForeignKey,
  chosen: Sql,
  { table, workspaceId, ids }: Pick<DeleteRowsOptions, 'table' | 'workspaceId' | 'ids'>,
  { isIn }: Dialect,
): Sql {
  const tenant = columns.filter(({ target }) => target === TENANT);
  const rest = columns.filter(({ target }) => target !== TENANT);
  const inWorkspace = tenant.map(({ column }) => sql`${identifier(column)} = ${workspaceId}`);
  const [only, ...others] = rest;
  // Named by its id, as nearly always: the ids themselves, which an index serves best.
  if (targetTable === table && only?.target === 'id' && others.length === 0) {
    return joinSql([...inWorkspace, isIn(identifier(only.column), ids)], ' AND ');
  }
  const names = (side: 'column' | 'target'): Sql =>
    joinSql(
      rest.map((column) => identifier(column[side])),
      ', ',
    );
  const targets = sql`SELECT ${names('target')} FROM ${identifier(targetTable)} WHERE ${chosen}`;
  return joinSql([...inWorkspace, sql`(${names('column')}) IN (${targets})`], ' AND ');
}
