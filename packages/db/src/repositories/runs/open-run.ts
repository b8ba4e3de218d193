import { cleanJson, cleanText, createId } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { recheck } from '../../sql/recheck.ts';
import { json, sql } from '../../sql/statement.ts';
import type { OpenRun } from '../run-repository.ts';
import { addLifecycleEvents } from './lifecycle-events.ts';

/** Resumes the interrupted run of the same tool and digest, or makes one. */
export async function openRun(
  scope: DataScope,
  run: OpenRun,
): Promise<{ readonly id: string; readonly isResumed: boolean }> {
  return inTransaction(scope, async (inner) => {
    const interrupted = run.resume ? await takeOver(inner, run) : undefined;
    if (interrupted !== undefined) return { id: interrupted, isResumed: true };
    return { id: await insertRun(inner, run), isResumed: false };
  });
}

/** One statement takes the run, so that of two processes that ask at once only one gets it. */
async function takeOver({ sql: db, workspace, clock }: DataScope, run: OpenRun): Promise<string | undefined> {
  const isInterrupted = sql`status IN ('pending', 'running')
    AND (worker_id IS NULL OR lease_until IS NULL OR lease_until < ${db.dialect.now})`;
  const row = await db.maybeOne<{ readonly id: string }>(sql`
    WITH interrupted AS MATERIALIZED (
      SELECT workspace_id AS run_workspace_id, id AS run_id FROM runs
      WHERE workspace_id = ${workspace.id} AND tool = ${run.tool} AND input_digest = ${run.inputDigest}
        AND ${isInterrupted}
      ORDER BY id DESC LIMIT 1 ${db.dialect.skipLocked}
    )
    UPDATE runs SET status = 'running', worker_id = ${run.workerId}, lease_until = ${db.dialect.nowPlus(run.leaseMs)},
      started_at = coalesce(started_at, ${clock.now()})
    FROM interrupted
    WHERE workspace_id = run_workspace_id AND id = run_id AND ${recheck(isInterrupted)}
    RETURNING id`);
  return row?.id;
}

async function insertRun({ sql: db, workspace, clock }: DataScope, run: OpenRun): Promise<string> {
  const id = createId();
  const now = clock.now();
  await db.execute(sql`
    INSERT INTO runs (workspace_id, id, tool, kind, input, input_digest, actor, batch_id, status, worker_id, lease_until,
      created_at, started_at)
    VALUES (${workspace.id}, ${id}, ${run.tool}, 'tool', ${json(cleanJson(run.input ?? null))}, ${run.inputDigest},
      ${run.actor === undefined ? null : cleanText(run.actor)}, ${run.batchId ?? null}, 'running', ${run.workerId},
      ${db.dialect.nowPlus(run.leaseMs)}, ${now}, ${now})`);
  await addLifecycleEvents(db, [
    {
      workspaceId: workspace.id,
      runId: id,
      event: 'group_start',
      handler: run.tool,
      status: 'running',
      startedAt: now,
    },
  ]);
  return id;
}
