import type { Clock } from '@sheaf/core';
import type { DataScope } from '../../scope.ts';
import type { SqlExecutor } from '../../sql/executor.ts';
import { recheck } from '../../sql/recheck.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import type { StepClaim } from '../step-repository.ts';
import { heldClaims, isHeld } from './claim-fence.ts';
import { type FailedStep, giveUpSteps } from './end-steps.ts';
import { settleItems } from './settle-items.ts';

/** Gives claimed steps back as if they had not been claimed. */
export async function releaseSteps(scope: DataScope, claims: readonly StepClaim[]): Promise<void> {
  if (claims.length === 0) return;
  await scope.transaction(async ({ sql: db, workspace, clock }) => {
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
 * Gives back running steps whose worker is lost: pending, or failed with no attempt left. To be called in a
 * transaction; the condition is on `steps` and may span workspaces. Gives how many there were.
 */
export async function returnLostSteps(db: SqlExecutor, clock: Clock, isLost: Sql): Promise<number> {
  const isSpent = sql`attempt >= max_attempts`;
  const rows = await db.all<FailedStep & { readonly status: string }>(sql`
    WITH lost AS MATERIALIZED (
      SELECT workspace_id AS lost_workspace_id, id AS lost_id FROM steps
      WHERE steps.status = 'running' AND ${isLost} ORDER BY id ${db.dialect.skipLocked}
    )
    UPDATE steps SET claim_token = NULL, lease_until = NULL,
      status = CASE WHEN ${isSpent} THEN 'failed' ELSE 'pending' END,
      ended_at = CASE WHEN ${isSpent} THEN ${db.dialect.bound('datetime', clock.now())} END,
      error_code = CASE WHEN ${isSpent} THEN 'engine.worker-lost' ELSE error_code END,
      error_message = CASE WHEN ${isSpent}
        THEN 'The worker of the last attempt ended without a result (attempt ' || attempt || ' of ' || max_attempts || ').'
        ELSE error_message END
    FROM lost
    WHERE steps.workspace_id = lost_workspace_id AND steps.id = lost_id
      AND ${recheck(sql`steps.status = 'running' AND ${isLost}`)}
    RETURNING workspace_id, id, run_id, item_id, type, status, error_message, created_at, started_at`);
  const canceled = await giveUpSteps(
    db,
    clock,
    rows.filter((row) => row.status === 'failed'),
  );
  await settleItems(db, clock, [
    ...rows.map((row) => ({ workspaceId: row.workspace_id, itemId: row.item_id })),
    ...canceled,
  ]);
  return rows.length;
}
