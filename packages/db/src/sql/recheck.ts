import { type Sql, sql } from './statement.ts';

/**
 * A condition on rows that are found by their key. It is written so that no index can serve it: on a table without
 * fresh statistics, planners take conditions on a status or a workspace to be rare, and would read a whole workspace
 * instead of a few keys.
 */
export function recheck(condition: Sql): Sql {
  return sql`CASE WHEN ${condition} THEN true ELSE false END`;
}
