import { cleanJson, cleanText, createId } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import { isOpen } from '../runs/run-record.ts';
import type { PlanSteps } from '../step-repository.ts';

/**
 * Plans items with a step each. The unique key `steps_open_key` keeps two runs apart; what it will refuse anyway is left
 * out first (`OFFSET 0` makes that a look into the index for each document, where a planner might read all open steps).
 */
export async function planSteps(scope: DataScope, plan: PlanSteps): Promise<number> {
  if (plan.steps.length === 0) return 0;
  return scope.transaction(async (inner) => {
    const { sql: db, workspace, clock } = inner;
    await keepRunOpen(inner, plan.runId);
    const variant = plan.variant ?? 'default';
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
    if (plan.onlyIf === undefined) return planned.length;
    // Asked only now: since the new step is the document's only open one, its state can no longer change.
    const { stage, statuses, variant: stageVariant = variant } = plan.onlyIf;
    const settled = await db.execute(sql`
      DELETE FROM run_items WHERE (workspace_id, id) IN (
        SELECT i.workspace_id, i.id FROM ${rows} AS r CROSS JOIN run_items i
        WHERE i.workspace_id = r.workspace_id AND i.id = r.item_id AND i.document_id IS NOT NULL
          AND NOT EXISTS (
            SELECT 1 FROM document_stages d
            WHERE d.workspace_id = r.workspace_id AND d.document_id = r.document_id AND d.stage = ${stage}
              AND d.variant = ${stageVariant} AND ${db.dialect.isIn(sql`d.status`, statuses)}
            LIMIT 1 OFFSET 0
          )
      )`);
    return planned.length - settled;
  });
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
