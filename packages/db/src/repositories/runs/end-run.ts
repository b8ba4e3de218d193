import { cleanJson, cleanText } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { json, sql } from '../../sql/statement.ts';
import type { FinishRun } from '../run-repository.ts';
import { addLifecycleEvents } from './lifecycle-events.ts';
import { isOpen } from './run-record.ts';

/**
 * Ends a run that has not ended, once: of two callers, one gets true. What is open of it is canceled, but a run with
 * open items does not count as completed.
 *
 * @throws `db.not-found`, `db.invalid-transition`.
 */
export async function endRun(scope: DataScope, run: FinishRun): Promise<boolean> {
  return inTransaction(scope, async (inner) => {
    const { sql: db, workspace, clock } = inner;
    // The lock keeps out planners, and makes a second finisher wait until it sees the first one's end.
    const found = await db.maybeOne<{
      readonly status: string;
      readonly tool: string;
      readonly started_at: Date | null;
    }>(sql`
      SELECT r.status, r.tool, r.started_at
      FROM runs r WHERE r.workspace_id = ${workspace.id} AND r.id = ${run.runId} ${db.dialect.lockRows('r')}`);
    if (!found) throw dbErrors.create('not-found', { what: 'run', id: run.runId });
    if (found.status !== 'pending' && found.status !== 'running') return false;
    if (run.status === 'completed') await refuseOpenItems(inner, run.runId, found.status);
    else await cancelOpenWork(inner, run.runId);
    const now = clock.now();
    await db.execute(sql`
      UPDATE runs SET status = ${run.status}, ended_at = ${now}, worker_id = NULL, lease_until = NULL,
        output = ${run.output === undefined ? null : json(cleanJson(run.output))},
        error_code = ${run.errorCode ?? null},
        error_message = ${run.errorMessage === undefined ? null : cleanText(run.errorMessage)},
        items_total = counts.total, items_completed = counts.completed, items_failed = counts.failed,
        items_skipped = counts.skipped, items_canceled = counts.canceled
      FROM (
        SELECT count(*) AS total,
          count(*) FILTER (WHERE i.status = 'completed') AS completed,
          count(*) FILTER (WHERE i.status = 'failed') AS failed,
          count(*) FILTER (WHERE i.status = 'skipped') AS skipped,
          count(*) FILTER (WHERE i.status = 'canceled') AS canceled
        FROM run_items i WHERE i.workspace_id = ${workspace.id} AND i.run_id = ${run.runId}
      ) AS counts
      WHERE workspace_id = ${workspace.id} AND id = ${run.runId}`);
    await addLifecycleEvents(db, [
      {
        workspaceId: workspace.id,
        runId: run.runId,
        event: 'group_end',
        handler: found.tool,
        status: run.status,
        message: run.errorMessage === undefined ? null : cleanText(run.errorMessage),
        startedAt: found.started_at ?? now,
        endedAt: now,
      },
    ]);
    return true;
  });
}

async function refuseOpenItems({ sql: db, workspace }: DataScope, runId: string, from: string): Promise<void> {
  const { count } = await db.one<{ readonly count: number }>(sql`
    SELECT count(*) AS count FROM run_items
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND ${isOpen(sql`status`)}`);
  if (count > 0)
    throw dbErrors.create('invalid-transition', { what: `run with ${count} open item(s)`, from, to: 'completed' });
}

/** A run that has ended has no open step: one would keep its document from ever being planned again. */
async function cancelOpenWork({ sql: db, workspace, clock }: DataScope, runId: string): Promise<void> {
  const now = clock.now();
  // Needed steps before those that wait for them: the order in which the end of a step locks them too.
  await db.all(sql`
    SELECT s.id FROM steps s
    WHERE s.workspace_id = ${workspace.id} AND s.run_id = ${runId} AND ${isOpen(sql`s.status`)}
    ORDER BY s.waits_for, s.number, s.id ${db.dialect.lockRows('s')}`);
  await db.execute(sql`
    UPDATE steps SET status = 'canceled', ended_at = ${now}, lease_until = NULL
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND ${isOpen(sql`status`)}`);
  await db.execute(sql`
    UPDATE run_items SET status = 'canceled', ended_at = ${now}
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND ${isOpen(sql`status`)}`);
  // Nobody will visit what was still to be visited.
  await db.execute(sql`DELETE FROM frontier WHERE workspace_id = ${workspace.id} AND run_id = ${runId}`);
}
