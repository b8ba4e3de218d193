import { createId } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { recheck } from '../../sql/recheck.ts';
import { sql } from '../../sql/statement.ts';
import type { ClaimedStep, ClaimSteps } from '../step-repository.ts';
import { settleItems } from './settle-items.ts';

interface ClaimedRow {
  readonly id: string;
  readonly run_id: string;
  readonly item_id: string;
  readonly document_id: string | null;
  readonly uri: string;
  readonly type: string;
  readonly variant: string;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly priority: number;
  readonly available_at: Date;
}

/** Claims due steps. On PostgreSQL, claimers pass over what another one is taking. */
export async function claimSteps(scope: DataScope, request: ClaimSteps): Promise<readonly ClaimedStep[]> {
  if (request.limit < 1) return [];
  const claimToken = createId();
  return inTransaction(scope, async ({ sql: db, workspace, clock }) => {
    const ofRun = request.runId === undefined ? sql`` : sql`AND steps.run_id = ${request.runId}`;
    const isDue = sql`steps.workspace_id = ${workspace.id} AND steps.type = ${request.type} ${ofRun}
      AND (steps.status = 'pending' OR steps.status = 'error') AND steps.waits_for = 0
      AND steps.available_at <= ${db.dialect.now}`;
    // The condition stands a second time on the rows that are written: one may have changed while its lock was taken.
    const rows = await db.all<ClaimedRow>(sql`
      WITH due AS MATERIALIZED (
        SELECT workspace_id AS due_workspace_id, id AS due_id FROM steps WHERE ${isDue}
        ORDER BY priority DESC, available_at, id LIMIT ${request.limit} ${db.dialect.skipLocked}
      )
      UPDATE steps SET status = 'running', attempt = attempt + 1, claim_token = ${claimToken},
        worker_id = ${request.workerId}, lease_until = ${db.dialect.nowPlus(request.leaseMs)},
        started_at = coalesce(started_at, ${clock.now()})
      FROM due WHERE steps.workspace_id = due_workspace_id AND steps.id = due_id AND ${recheck(isDue)}
      RETURNING id, run_id, item_id, document_id, type, variant, attempt, max_attempts, config, priority, available_at,
        coalesce(
          (SELECT d.uri FROM documents d WHERE d.workspace_id = steps.workspace_id AND d.id = steps.document_id),
          (SELECT i.unit FROM run_items i WHERE i.workspace_id = steps.workspace_id AND i.id = steps.item_id),
          ''
        ) AS uri`);
    await settleItems(
      db,
      clock,
      rows.map((row) => ({ workspaceId: workspace.id, itemId: row.item_id })),
    );
    return rows.toSorted(byUrgency).map((row) => ({
      stepId: row.id,
      claimToken,
      runId: row.run_id,
      itemId: row.item_id,
      documentId: row.document_id,
      uri: row.uri,
      type: row.type,
      variant: row.variant,
      attempt: row.attempt,
      maxAttempts: row.max_attempts,
      config: row.config,
    }));
  });
}

/** What a statement returns comes in any order. */
function byUrgency(a: ClaimedRow, b: ClaimedRow): number {
  return (
    b.priority - a.priority ||
    a.available_at.getTime() - b.available_at.getTime() ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}
