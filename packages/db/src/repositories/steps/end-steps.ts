import { type Clock, cleanText } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import type { SqlExecutor } from '../../sql/executor.ts';
import { recheck } from '../../sql/recheck.ts';
import { sql } from '../../sql/statement.ts';
import { addLifecycleEvents } from '../runs/lifecycle-events.ts';
import { isOpen } from '../runs/run-record.ts';
import type { StepClaim, StepFailure } from '../step-repository.ts';
import { heldClaims, isHeld } from './claim-fence.ts';
import { type ItemKey, settleItems } from './settle-items.ts';

/** A step that has been given up, with what its lifecycle event tells. */
interface FailedStep {
  readonly workspace_id: number;
  readonly id: string;
  readonly run_id: string;
  readonly item_id: string;
  readonly type: string;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
}

type Ending = StepClaim & { readonly status?: 'completed' | 'skipped' };

/** Ends steps that succeeded, frees the steps that waited for them, and settles their items. */
export async function completeSteps(scope: DataScope, claims: readonly Ending[]): Promise<readonly StepClaim[]> {
  if (claims.length === 0) return [];
  return inTransaction(scope, async ({ sql: db, workspace, clock }) => {
    const held = heldClaims<Ending>({
      dialect: db.dialect,
      workspaceId: workspace.id,
      claims,
      columns: { ending: ['text', (claim) => claim.status ?? 'completed'] },
    });
    const rows = await db.all<{ readonly id: string; readonly item_id: string; readonly claim_token: string }>(sql`
      WITH held AS MATERIALIZED (${held})
      UPDATE steps SET status = held.ending, ended_at = ${clock.now()}, lease_until = NULL, error_code = NULL,
        error_message = NULL
      FROM held WHERE ${isHeld}
      RETURNING id, item_id, claim_token`);
    if (rows.length === 0) return [];
    await freeDependants(
      db,
      workspace.id,
      rows.map((row) => row.id),
    );
    await settleItems(
      db,
      clock,
      rows.map((row) => ({ workspaceId: workspace.id, itemId: row.item_id })),
    );
    return rows.map((row) => ({ stepId: row.id, claimToken: row.claim_token }));
  });
}

async function freeDependants(db: SqlExecutor, workspaceId: number, endedIds: readonly string[]): Promise<void> {
  const ended = db.dialect.records(
    { workspace_id: 'integer', ended_id: 'text' },
    endedIds.map((id) => [workspaceId, id]),
  );
  await db.execute(sql`
    WITH freed AS MATERIALIZED (
      SELECT n.workspace_id, n.step_id, count(*) AS needs FROM ${ended} AS e CROSS JOIN step_needs n
      WHERE n.workspace_id = e.workspace_id AND n.needed_id = e.ended_id
      GROUP BY n.workspace_id, n.step_id
    ), locked AS MATERIALIZED (
      SELECT freed.workspace_id AS freed_workspace_id, freed.step_id, freed.needs FROM freed CROSS JOIN steps s
      WHERE s.workspace_id = freed.workspace_id AND s.id = freed.step_id
      ORDER BY s.waits_for, s.number, s.id ${db.dialect.lockRows('s')}
    )
    UPDATE steps SET waits_for = waits_for - locked.needs
    FROM locked WHERE steps.workspace_id = freed_workspace_id AND steps.id = locked.step_id`);
}

/** Ends attempts that failed: the step waits for the next one, or is given up with what depends on it. */
export async function failSteps(
  scope: DataScope,
  failures: readonly StepFailure[],
): Promise<readonly (StepClaim & { readonly isFinal: boolean })[]> {
  if (failures.length === 0) return [];
  return inTransaction(scope, async ({ sql: db, workspace, clock }) => {
    const held = heldClaims<StepFailure>({
      dialect: db.dialect,
      workspaceId: workspace.id,
      claims: failures,
      columns: {
        code: ['text', (failure) => failure.errorCode],
        message: ['text', (failure) => cleanText(failure.errorMessage)],
        retry_ms: ['integer', (failure) => retryDelay(failure)],
      },
    });
    const isFinal = sql`(held.retry_ms IS NULL OR attempt >= max_attempts)`;
    const rows = await db.all<FailedStep & { readonly status: string; readonly claim_token: string }>(sql`
      WITH held AS MATERIALIZED (${held})
      UPDATE steps SET lease_until = NULL, error_code = held.code, error_message = held.message,
        status = CASE WHEN ${isFinal} THEN 'failed' ELSE 'error' END,
        available_at = CASE WHEN ${isFinal} THEN available_at ELSE ${db.dialect.nowPlus(sql`held.retry_ms`)} END,
        ended_at = CASE WHEN ${isFinal} THEN ${db.dialect.bound('datetime', clock.now())} END
      FROM held WHERE ${isHeld}
      RETURNING workspace_id, id, run_id, item_id, type, status, claim_token, error_message, created_at, started_at`);
    const final = rows.filter((row) => row.status === 'failed');
    const canceled = await giveUpSteps(db, clock, final);
    await settleItems(db, clock, [...rows.map(itemOf), ...canceled]);
    return rows.map((row) => ({
      stepId: row.id,
      claimToken: row.claim_token,
      isFinal: row.status === 'failed',
    }));
  });
}

/** Writes the lifecycle events of steps that have failed for good, and cancels what can no longer run. */
async function giveUpSteps(db: SqlExecutor, clock: Clock, failed: readonly FailedStep[]): Promise<readonly ItemKey[]> {
  if (failed.length === 0) return [];
  const now = clock.now();
  await addLifecycleEvents(
    db,
    failed.map((step) => ({
      workspaceId: step.workspace_id,
      runId: step.run_id,
      itemId: step.item_id,
      stepId: step.id,
      event: 'step_failed',
      handler: step.type,
      status: 'failed',
      message: step.error_message,
      startedAt: step.started_at ?? step.created_at,
      endedAt: now,
    })),
  );
  return cancelDependants(db, clock, failed);
}

/**
 * Cancels what can no longer run once these steps have failed or are canceled: the other steps of their items that have
 * not begun, and every step that needs one of these. Gives the items that this touched.
 */
export async function cancelDependants(
  db: SqlExecutor,
  clock: Clock,
  ended: readonly Pick<FailedStep, 'workspace_id' | 'id' | 'item_id'>[],
): Promise<readonly ItemKey[]> {
  if (ended.length === 0) return [];
  const rows = db.dialect.records(
    { workspace_id: 'integer', step_id: 'text', item_id: 'text' },
    ended.map((step) => [step.workspace_id, step.id, step.item_id]),
  );
  const canceled = await db.all<{ readonly workspace_id: number; readonly item_id: string }>(sql`
    WITH RECURSIVE doomed(workspace_id, step_id) AS (
      SELECT s.workspace_id, s.id FROM ${rows} AS r CROSS JOIN steps s
      WHERE s.workspace_id = r.workspace_id AND s.item_id = r.item_id
        AND ${recheck(sql`s.id = r.step_id OR s.status IN ('pending', 'error')`)}
      UNION
      SELECT n.workspace_id, n.step_id FROM doomed d CROSS JOIN step_needs n
      WHERE n.workspace_id = d.workspace_id AND n.needed_id = d.step_id
    ), locked AS MATERIALIZED (
      SELECT s.workspace_id AS doomed_workspace_id, s.id AS doomed_id
      FROM doomed d CROSS JOIN steps s
      WHERE s.workspace_id = d.workspace_id AND s.id = d.step_id AND ${recheck(isOpen(sql`s.status`))}
      ORDER BY s.waits_for, s.number, s.id ${db.dialect.lockRows('s')}
    )
    UPDATE steps SET status = 'canceled', ended_at = ${clock.now()}
    FROM locked
    WHERE steps.workspace_id = doomed_workspace_id AND steps.id = doomed_id
      AND ${recheck(isOpen(sql`steps.status`))}
    RETURNING workspace_id, item_id`);
  return canceled.map(itemOf);
}

function itemOf(row: { readonly workspace_id: number; readonly item_id: string }): ItemKey {
  return { workspaceId: row.workspace_id, itemId: row.item_id };
}

function retryDelay({ retryInMs }: StepFailure): number | null {
  return retryInMs === undefined ? null : Math.max(0, Math.round(retryInMs));
}
