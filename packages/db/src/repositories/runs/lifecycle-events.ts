import { createId } from '@sheaf/core';
import type { SqlExecutor } from '../../sql/executor.ts';
import { sql } from '../../sql/statement.ts';

export type LifecycleEventName = 'group_start' | 'group_end' | 'item_failed' | 'step_failed';

export interface NewLifecycleEvent {
  readonly workspaceId: number;
  readonly runId: string;
  readonly itemId?: string;
  readonly stepId?: string;
  readonly event: LifecycleEventName;
  /** What ran: a tool's name, or a step's type. */
  readonly handler?: string;
  readonly status: string;
  readonly message?: string | null;
  readonly startedAt: Date;
  readonly endedAt?: Date;
}

/** Appends to the lifecycle of runs, whichever workspaces they belong to. */
export async function addLifecycleEvents(db: SqlExecutor, events: readonly NewLifecycleEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = db.dialect.records(
    {
      workspace_id: 'integer',
      id: 'text',
      run_id: 'text',
      item_id: 'text',
      step_id: 'text',
      event: 'text',
      handler: 'text',
      status: 'text',
      message: 'text',
      started_at: 'datetime',
      ended_at: 'datetime',
    },
    events.map((event) => [
      event.workspaceId,
      createId(),
      event.runId,
      event.itemId,
      event.stepId,
      event.event,
      event.handler,
      event.status,
      event.message,
      event.startedAt,
      event.endedAt,
    ]),
  );
  await db.execute(sql`
    INSERT INTO lifecycle_events
      (workspace_id, id, run_id, item_id, step_id, event, handler, status, message, started_at, ended_at)
    SELECT workspace_id, id, run_id, item_id, step_id, event, handler, status, message, started_at, ended_at
    FROM ${rows} AS r`);
}
