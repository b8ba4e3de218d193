import { cleanJson, cleanText, createId, type StageStatus } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { recheck } from '../../sql/recheck.ts';
import { joinSql, type Sql, sql } from '../../sql/statement.ts';
import { isOpen } from '../runs/run-record.ts';
import type { PlanSteps } from '../step-repository.ts';
import { cancelDependants } from './end-steps.ts';
import { settleItems } from './settle-items.ts';

/**
 * Plans items with a step each. The unique key `steps_open_key` keeps two runs apart; what it will refuse anyway is left
 * out first (`OFFSET 0` makes that a look into the index for each document, where a planner might read all open steps).
 */
export async function planSteps(scope: DataScope, plan: PlanSteps): Promise<number> {
  if (plan.steps.length === 0) return 0;
  return inTransaction(scope, async (inner) => {
    const { sql: db, workspace, clock } = inner;
    await keepRunOpen(inner, plan.runId);
    const variant = variantOf(plan);
    const now = clock.now();
    const rows = db.dialect.records(
      {
        workspace_id: 'integer',
        item_id: 'text',
        step_id: 'text',
        document_id: 'text',
        unit: 'text',
        priority: 'integer',
        config: 'json',
        created_at: 'datetime',
      },
      plan.steps.map((step) => [
        workspace.id,
        createId(),
        createId(),
        step.documentId,
        step.unit === undefined ? null : cleanText(step.unit),
        step.priority ?? 0,
        step.config === undefined ? null : cleanJson(step.config),
        now,
      ]),
    );
    await takeFromAbandonedRuns(inner, plan, rows);
    const items = await db.execute(sql`
      INSERT INTO run_items (workspace_id, id, run_id, document_id, unit, priority, status, created_at)
      SELECT r.workspace_id, r.item_id, ${plan.runId}, r.document_id, r.unit, r.priority, 'pending', r.created_at
      FROM ${rows} AS r
      WHERE NOT EXISTS (
        SELECT 1 FROM steps s
        WHERE s.workspace_id = r.workspace_id AND s.document_id = r.document_id AND s.type = ${plan.type}
          AND s.variant = ${variant} AND ${isOpen(sql`s.status`)}
        LIMIT 1 OFFSET 0
      )`);
    // In one order by all planners, since each waits for the other's uncommitted documents.
    const planned = await db.all<{ readonly item_id: string }>(sql`
      INSERT INTO steps (workspace_id, id, run_id, item_id, document_id, name, type, variant, config, status, priority,
        max_attempts, available_at, created_at)
      SELECT r.workspace_id, r.step_id, ${plan.runId}, r.item_id, r.document_id, ${plan.type}, ${plan.type}, ${variant},
        r.config, 'pending', r.priority, ${plan.maxAttempts ?? 3}, ${db.dialect.now}, r.created_at
      FROM ${rows} AS r CROSS JOIN run_items i
      WHERE i.workspace_id = r.workspace_id AND i.id = r.item_id
      ORDER BY r.document_id, r.step_id
      ON CONFLICT (workspace_id, document_id, type, variant)
        WHERE status = 'pending' OR status = 'running' OR status = 'error' DO NOTHING
      RETURNING item_id`);
    if (planned.length < items) {
      // Another run planned these documents meanwhile, or the list names one twice.
      await db.execute(sql`
        DELETE FROM run_items WHERE (workspace_id, id) IN (
          SELECT r.workspace_id, r.item_id FROM ${rows} AS r
          WHERE NOT EXISTS (
            SELECT 1 FROM steps s WHERE s.workspace_id = r.workspace_id AND s.item_id = r.item_id LIMIT 1 OFFSET 0
          )
        )`);
    }
    return planned.length - (await dropUnwanted(inner, plan, rows));
  });
}

/**
 * Cancels what waits for these documents in runs that nobody works on: an interrupted run is gone on with by the same
 * invocation alone, and must not keep its documents from all others.
 */
async function takeFromAbandonedRuns({ sql: db, clock }: DataScope, plan: PlanSteps, rows: Sql): Promise<void> {
  const isWaiting = sql`(s.status = 'pending' OR s.status = 'error')`;
  const taken = await db.all<{ readonly workspace_id: number; readonly id: string; readonly item_id: string }>(sql`
    WITH abandoned AS MATERIALIZED (
      SELECT s.workspace_id AS abandoned_workspace_id, s.id AS abandoned_id
      FROM ${rows} AS r CROSS JOIN steps s CROSS JOIN runs n
      WHERE s.workspace_id = r.workspace_id AND s.document_id = r.document_id AND s.type = ${plan.type}
        AND s.variant = ${variantOf(plan)} AND ${isOpen(sql`s.status`)} AND ${isWaiting}
        AND n.workspace_id = s.workspace_id AND n.id = s.run_id AND n.id <> ${plan.runId}
        AND (n.worker_id IS NULL OR n.lease_until IS NULL OR n.lease_until < ${db.dialect.now})
      ORDER BY s.document_id, s.id ${db.dialect.lockRows('s')}
    )
    UPDATE steps AS s SET status = 'canceled', ended_at = ${clock.now()}
    FROM abandoned
    WHERE s.workspace_id = abandoned_workspace_id AND s.id = abandoned_id AND ${recheck(isWaiting)}
    RETURNING workspace_id, id, item_id`);
  const canceled = await cancelDependants(db, clock, taken);
  await settleItems(db, clock, [
    ...taken.map((row) => ({ workspaceId: row.workspace_id, itemId: row.item_id })),
    ...canceled,
  ]);
}

/**
 * Takes back what another run has settled since the caller looked. Asked only once the new step is the document's only
 * open one: from then on its state can no longer change. Gives how many there were.
 */
async function dropUnwanted({ sql: db }: DataScope, plan: PlanSteps, rows: Sql): Promise<number> {
  const { onlyIf, unlessSettled } = plan;
  const hasStage = (stage: string, variant: string, condition: Sql): Sql => sql`EXISTS (
    SELECT 1 FROM document_stages d
    WHERE d.workspace_id = r.workspace_id AND d.document_id = r.document_id AND d.stage = ${stage}
      AND d.variant = ${variant} AND ${condition}
    LIMIT 1 OFFSET 0
  )`;
  const unwanted: Sql[] = [];
  if (onlyIf) {
    const isWanted = db.dialect.isIn(sql`d.status`, onlyIf.statuses);
    unwanted.push(sql`NOT ${hasStage(onlyIf.stage, onlyIf.variant ?? variantOf(plan), isWanted)}`);
  }
  if (unlessSettled) {
    const isSettled = sql`${db.dialect.isIn(sql`d.status`, SETTLED)} AND d.updated_at >= ${unlessSettled.since}`;
    unwanted.push(hasStage(unlessSettled.stage, variantOf(plan), isSettled));
  }
  if (unwanted.length === 0) return 0;
  return db.execute(sql`
    DELETE FROM run_items WHERE (workspace_id, id) IN (
      SELECT i.workspace_id, i.id FROM ${rows} AS r CROSS JOIN run_items i
      WHERE i.workspace_id = r.workspace_id AND i.id = r.item_id AND i.document_id IS NOT NULL
        AND (${joinSql(unwanted, ' OR ')})
    )`);
}

/** States of a stage that tell how its last attempt ended. */
const SETTLED: readonly StageStatus[] = ['completed', 'failed', 'skipped'];

function variantOf({ variant = 'default' }: PlanSteps): string {
  return variant;
}

/** Holds the run open until the transaction ends: work planned for a run that has ended would never be done. */
async function keepRunOpen({ sql: db, workspace }: DataScope, runId: string): Promise<void> {
  const run = await db.maybeOne<{ readonly status: string }>(
    sql`SELECT r.status FROM runs r WHERE r.workspace_id = ${workspace.id} AND r.id = ${runId} ${db.dialect.keepRows('r')}`,
  );
  if (!run) throw dbErrors.create('not-found', { what: 'run', id: runId });
  if (run.status !== 'pending' && run.status !== 'running') {
    throw dbErrors.create('invalid-transition', { what: 'run', from: run.status, to: 'running' });
  }
}
