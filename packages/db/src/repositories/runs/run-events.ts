import { cleanJson, cleanText } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { NewRunEvent, RunEventRecord } from '../run-repository.ts';

interface EventRow {
  readonly seq: number;
  readonly at: Date;
  readonly level: NewRunEvent['level'];
  readonly phase: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly message: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
}

/**
 * Appends events. Their numbers come from the run's row, which stays locked until they commit: whoever reads up to a
 * number has seen all events before it.
 *
 * @throws `db.not-found`.
 */
export async function addRunEvents(scope: DataScope, runId: string, events: readonly NewRunEvent[]): Promise<void> {
  if (events.length === 0) return;
  await inTransaction(scope, async ({ sql: db, workspace, clock }) => {
    const run = await db.maybeOne<{ readonly event_seq: number }>(sql`
      UPDATE runs SET event_seq = event_seq + ${events.length}
      WHERE workspace_id = ${workspace.id} AND id = ${runId} RETURNING event_seq`);
    if (!run) throw dbErrors.create('not-found', { what: 'run', id: runId });
    const first = run.event_seq - events.length + 1;
    const rows = db.dialect.records(
      {
        seq: 'integer',
        at: 'datetime',
        level: 'text',
        phase: 'text',
        done: 'integer',
        total: 'integer',
        message: 'text',
        data: 'json',
      },
      events.map((event, index) => [
        first + index,
        clock.now(),
        event.level,
        event.phase === undefined ? null : cleanText(event.phase),
        event.done,
        event.total,
        event.message === undefined ? null : cleanText(event.message),
        event.data === undefined ? null : cleanJson(event.data),
      ]),
    );
    await db.execute(sql`
      INSERT INTO run_events (workspace_id, run_id, seq, at, level, phase, done, total, message, data)
      SELECT ${workspace.id}, ${runId}, seq, at, level, phase, done, total, message, data FROM ${rows} AS r`);
  });
}

/** Events after a number, oldest first. */
export async function listRunEvents(
  { sql: db, workspace }: DataScope,
  runId: string,
  { afterSeq, limit }: { readonly afterSeq: number; readonly limit: number },
): Promise<readonly RunEventRecord[]> {
  const rows = await db.all<EventRow>(sql`
    SELECT seq, at, level, phase, done, total, message, data FROM run_events
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND seq > ${afterSeq}
    ORDER BY seq LIMIT ${limit}`);
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    level: row.level,
    ...(row.phase === null ? {} : { phase: row.phase }),
    ...(row.done === null ? {} : { done: row.done }),
    ...(row.total === null ? {} : { total: row.total }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.data === null ? {} : { data: row.data }),
  }));
}
