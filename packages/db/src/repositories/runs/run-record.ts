import type { RunStatus } from '@sheaf/core';
import type { SqlExecutor } from '../../sql/executor.ts';
import { rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { RunCounts, RunRecord } from '../run-repository.ts';

export const RUN_COLUMNS: Sql = rawSql(
  `id, tool, kind, input, actor, status, items_total, items_completed, items_failed, items_skipped, items_canceled,
   output, error_code, error_message, created_at, started_at, ended_at`,
);

/**
 * Whether an item or a step, by its status column, has not ended. In these words, since SQLite uses a partial index
 * only where its condition is repeated.
 */
export function isOpen(status: Sql): Sql {
  return sql`(${status} = 'pending' OR ${status} = 'running' OR ${status} = 'error')`;
}

export interface RunRow {
  readonly id: string;
  readonly tool: string;
  readonly kind: RunRecord['kind'];
  readonly input: unknown;
  readonly actor: string | null;
  readonly status: RunStatus;
  readonly items_total: number;
  readonly items_completed: number;
  readonly items_failed: number;
  readonly items_skipped: number;
  readonly items_canceled: number;
  readonly output: unknown;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
}

/** Rows as records. The counts of runs that have not ended are taken from their items as they stand. */
export async function toRunRecords(
  db: SqlExecutor,
  workspaceId: number,
  rows: readonly RunRow[],
): Promise<readonly RunRecord[]> {
  const open = rows.filter((row) => row.ended_at === null).map((row) => row.id);
  const counts = open.length > 0 ? await countItems(db, workspaceId, open) : new Map<string, RunCounts>();
  return rows.map((row) => ({
    id: row.id,
    tool: row.tool,
    kind: row.kind,
    input: row.input,
    actor: row.actor,
    status: row.status,
    items: counts.get(row.id) ?? {
      total: row.items_total,
      completed: row.items_completed,
      failed: row.items_failed,
      skipped: row.items_skipped,
      canceled: row.items_canceled,
    },
    output: row.output,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

async function countItems(
  db: SqlExecutor,
  workspaceId: number,
  runIds: readonly string[],
): Promise<Map<string, RunCounts>> {
  const rows = await db.all<RunCounts & { readonly run_id: string }>(sql`
    SELECT run_id,
      count(*) AS total,
      count(*) FILTER (WHERE status = 'completed') AS completed,
      count(*) FILTER (WHERE status = 'failed') AS failed,
      count(*) FILTER (WHERE status = 'skipped') AS skipped,
      count(*) FILTER (WHERE status = 'canceled') AS canceled
    FROM run_items
    WHERE workspace_id = ${workspaceId} AND ${db.dialect.isIn(sql`run_id`, runIds)}
    GROUP BY run_id`);
  return new Map(rows.map(({ run_id, ...counts }) => [run_id, counts]));
}
