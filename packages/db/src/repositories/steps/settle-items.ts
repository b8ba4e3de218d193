import type { Clock } from '@sheaf/core';
import type { SqlExecutor } from '../../sql/executor.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import { addLifecycleEvents } from '../runs/lifecycle-events.ts';

export interface ItemKey {
  readonly workspaceId: number;
  readonly itemId: string;
}

interface ChangedItem {
  readonly workspace_id: number;
  readonly id: string;
  readonly run_id: string;
  readonly status: string;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
}

/** Counts of the steps `s` of one item. */
export const STEP_COUNTS: Sql = sql`
  count(*) FILTER (WHERE s.status IN ('pending', 'running', 'error')) AS is_open,
  count(*) FILTER (WHERE s.status = 'running') AS running,
  count(*) FILTER (WHERE s.status = 'error') AS waiting,
  count(*) FILTER (WHERE s.status IN ('completed', 'skipped')) AS ended,
  count(*) FILTER (WHERE s.status = 'completed') AS completed,
  count(*) FILTER (WHERE s.status = 'failed') AS failed,
  count(*) FILTER (WHERE s.status = 'canceled') AS canceled`;

/**
 * Where an item stands by the counts `c` of its steps. It is running while work on it has begun, waits (`error`) while
 * a failed attempt waits to be repeated, and ends with its last step: failed when one failed, canceled when one was
 * canceled, skipped when all were skipped, else completed.
 */
export const SETTLED_STATUS: Sql = sql`
  CASE
    WHEN c.running > 0 THEN 'running'
    WHEN c.waiting > 0 THEN 'error'
    WHEN c.is_open > 0 AND c.ended > 0 THEN 'running'
    WHEN c.is_open > 0 THEN 'pending'
    WHEN c.failed > 0 THEN 'failed'
    WHEN c.canceled > 0 THEN 'canceled'
    WHEN c.completed > 0 THEN 'completed'
    ELSE 'skipped'
  END`;

/** Derives where items stand from their steps. Items that fail get a lifecycle event. */
export async function settleItems(db: SqlExecutor, clock: Clock, items: readonly ItemKey[]): Promise<void> {
  if (items.length === 0) return;
  const keys = db.dialect.records(
    { workspace_id: 'integer', item_id: 'text' },
    items.map((item) => [item.workspaceId, item.itemId]),
  );
  // Two steps of one item may end at once: the second waits here, and then sees the end of the first.
  if (db.dialect.hasRowLocks) {
    await db.all(sql`
      SELECT i.id FROM ${keys} AS k CROSS JOIN run_items i
      WHERE i.workspace_id = k.workspace_id AND i.id = k.item_id
      ORDER BY i.id ${db.dialect.lockRows('i')}`);
  }
  const now = clock.now();
  const changed = await db.all<ChangedItem>(sql`
    UPDATE run_items SET status = settled.status, error_code = settled.error_code,
      error_message = settled.error_message,
      started_at = coalesce(run_items.started_at, settled.started_at),
      ended_at = CASE WHEN settled.is_open > 0 THEN NULL ELSE settled.now END
    FROM (
      SELECT c.workspace_id, c.item_id, n.now, c.is_open, c.started_at,
        ${SETTLED_STATUS} AS status, f.error_code, f.error_message
      FROM (
        SELECT s.workspace_id, s.item_id, min(s.started_at) AS started_at,
          ${STEP_COUNTS},
          min(CASE WHEN s.status IN ('error', 'failed') THEN s.id END) AS failed_id
        FROM ${keys} AS k CROSS JOIN steps s
        WHERE s.workspace_id = k.workspace_id AND s.item_id = k.item_id
        GROUP BY s.workspace_id, s.item_id
      ) AS c
      CROSS JOIN ${db.dialect.records({ now: 'datetime' }, [[now]])} AS n
      LEFT JOIN steps f ON f.workspace_id = c.workspace_id AND f.id = c.failed_id
    ) AS settled
    WHERE run_items.workspace_id = settled.workspace_id AND run_items.id = settled.item_id
      AND run_items.status <> settled.status
    RETURNING run_items.workspace_id, run_items.id, run_items.run_id, run_items.status, run_items.error_message,
      run_items.created_at, run_items.started_at`);
  await addLifecycleEvents(
    db,
    changed
      .filter((item) => item.status === 'failed')
      .map((item) => ({
        workspaceId: item.workspace_id,
        runId: item.run_id,
        itemId: item.id,
        event: 'item_failed',
        status: 'failed',
        message: item.error_message,
        startedAt: item.started_at ?? item.created_at,
        endedAt: now,
      })),
  );
}
