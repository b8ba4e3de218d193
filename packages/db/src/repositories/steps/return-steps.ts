import type { Clock } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import type { SqlExecutor } from '../../sql/executor.ts';
import { recheck } from '../../sql/recheck.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import type { StepClaim } from '../step-repository.ts';
import { heldClaims, isHeld } from './claim-fence.ts';
import { settleItems } from './settle-items.ts';

/** Gives claimed steps back as if they had not been claimed. */
export async function releaseSteps(scope: DataScope, claims: readonly StepClaim[]): Promise<void> {
  if (claims.length === 0) return;
  await inTransaction(scope, async ({ sql: db, workspace, clock }) => {
    const held = heldClaims({ dialect: db.dialect, workspaceId: workspace.id, claims });
    const rows = await db.all<{ readonly item_id: string }>(sql`
      WITH held AS MATERIALIZED (${held})
      UPDATE steps SET status = 'pending', attempt = attempt - 1, claim_token = NULL, worker_id = NULL,
        lease_until = NULL, started_at = CASE WHEN attempt > 1 THEN started_at END
      FROM held WHERE ${isHeld}
      RETURNING item_id`);
    await settleItems(
      db,
      clock,
      rows.map((row) => ({ workspaceId: workspace.id, itemId: row.item_id })),
    );
  });
}

/**
 * Gives back running steps whose worker is lost. One whose attempts are spent is given back too: who claims it next
 * fails it, so that its result is written like any other. To be called in a transaction; the condition is on `steps`
 * and may span workspaces. Gives how many there were.
 */
export async function returnLostSteps(db: SqlExecutor, clock: Clock, isLost: Sql): Promise<number> {
  const rows = await db.all<{ readonly workspace_id: number; readonly item_id: string }>(sql`
    WITH lost AS MATERIALIZED (
      SELECT workspace_id AS lost_workspace_id, id AS lost_id FROM steps
      WHERE steps.status = 'running' AND ${isLost} ORDER BY id ${db.dialect.skipLocked}
    )
    UPDATE steps SET status = 'pending', claim_token = NULL, lease_until = NULL
    FROM lost
    WHERE steps.workspace_id = lost_workspace_id AND steps.id = lost_id
      AND ${recheck(sql`steps.status = 'running' AND ${isLost}`)}
    RETURNING workspace_id, item_id`);
  await settleItems(
    db,
    clock,
    rows.map((row) => ({ workspaceId: row.workspace_id, itemId: row.item_id })),
  );
  return rows.length;
}
