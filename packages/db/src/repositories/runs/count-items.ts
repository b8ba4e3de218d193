import type { SqlExecutor } from '../../sql/executor.ts';
import { rawSql, sql } from '../../sql/statement.ts';

export interface CountItemsOptions {
  readonly workspaceId: number;
  /** Whose items are about to leave their runs, or have come to them. */
  readonly documentIds: readonly string[];
  readonly change: 'leave' | 'come';
}

/** The counts of runs that have ended are those of their items, also of fewer or more. Gives the runs that changed. */
export async function countItems(
  db: SqlExecutor,
  { workspaceId, documentIds, change }: CountItemsOptions,
): Promise<number> {
  const by = rawSql(change === 'come' ? '+' : '-');
  return db.execute(sql`
    UPDATE runs SET items_total = items_total ${by} those.total, items_completed = items_completed ${by} those.completed,
      items_failed = items_failed ${by} those.failed, items_skipped = items_skipped ${by} those.skipped,
      items_canceled = items_canceled ${by} those.canceled
    FROM (
      SELECT i.run_id, count(*) AS total,
        count(*) FILTER (WHERE i.status = 'completed') AS completed,
        count(*) FILTER (WHERE i.status = 'failed') AS failed,
        count(*) FILTER (WHERE i.status = 'skipped') AS skipped,
        count(*) FILTER (WHERE i.status = 'canceled') AS canceled
      FROM run_items i
      WHERE i.workspace_id = ${workspaceId} AND ${db.dialect.isIn(sql`i.document_id`, documentIds)}
      GROUP BY i.run_id
    ) AS those
    WHERE workspace_id = ${workspaceId} AND id = those.run_id AND ended_at IS NOT NULL`);
}
