import type { RunStatus } from '@sheaf/core';
import type { DeleteOptions, Deletion } from '../deletion/deletion.ts';
import { dbErrors } from '../errors.ts';
import type { DataScope } from '../scope.ts';
import { type Sql, sql } from '../sql/statement.ts';
import { pageLimit } from './cursor.ts';
import type { Page, PageOptions } from './page.ts';
import { pageById } from './page-by-id.ts';
import { deleteRun } from './runs/delete-run.ts';
import { endRun } from './runs/end-run.ts';
import { openRun } from './runs/open-run.ts';
import { pruneRuns } from './runs/prune-runs.ts';
import { addRunEvents, listRunEvents } from './runs/run-events.ts';
import { RUN_COLUMNS, type RunRow, toRunRecords } from './runs/run-record.ts';

export interface OpenRun {
  /** `plugin.tool`. */
  readonly tool: string;
  readonly input: unknown;
  /** Digest of what identifies the invocation. */
  readonly inputDigest: string;
  readonly actor?: string;
  readonly batchId?: string;
  readonly workerId: string;
  /** Milliseconds that the worker holds the run without renewing. */
  readonly leaseMs: number;
  /** Takes over the interrupted run of the same tool and digest: open, and its lease over or released. */
  readonly resume: boolean;
}

export interface RunCounts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
}

export interface RunRecord {
  readonly id: string;
  readonly tool: string;
  readonly kind: 'tool' | 'workflow';
  readonly input: unknown;
  readonly actor: string | null;
  readonly status: RunStatus;
  readonly items: RunCounts;
  readonly output: unknown;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface NewRunEvent {
  readonly level: 'progress' | 'info' | 'warning' | 'error';
  readonly phase?: string;
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface RunEventRecord extends NewRunEvent {
  readonly seq: number;
  readonly at: Date;
}

export interface FinishRun {
  readonly runId: string;
  readonly status: 'completed' | 'failed' | 'canceled';
  readonly output?: unknown;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export interface RunFilter extends PageOptions {
  readonly tool?: string;
  readonly statuses?: readonly RunStatus[];
}

export interface PruneRuns extends DeleteOptions {
  /** Milliseconds that have passed at least since the run ended. */
  readonly olderThanMs?: number | undefined;
  /** So many of the newest ended runs of each tool stay. */
  readonly keep?: number | undefined;
}

export interface RunRepository {
  /** Makes a run in status `running`, or resumes one. Writes `group_start` once. */
  open(run: OpenRun): Promise<{ readonly id: string; readonly isResumed: boolean }>;
  /** Extends the lease; false where another worker has the run. */
  renew(runId: string, workerId: string, leaseMs: number): Promise<boolean>;
  /** Lets go of an unfinished run: it stays open, and the next invocation of the same input resumes it. */
  release(runId: string, workerId: string): Promise<void>;
  /**
   * Derives the item counts from the items and ends the run exactly once (writes `group_end`); a run that has ended
   * stays as it is. One that failed or was canceled takes its open items and steps with it: they are canceled. Gives
   * the record as it stands.
   *
   * @throws `db.not-found`; `db.invalid-transition` for `completed` with items that have not ended.
   */
  finish(run: FinishRun): Promise<RunRecord>;
  /**
   * Cancels a run from any status that is not final, with its open items and steps. Gives whether it did.
   *
   * @throws `db.not-found`.
   */
  cancel(runId: string, reason?: string): Promise<boolean>;
  /**
   * Deletes a run that has ended, with its items, steps, events and results. What is current stays true: versions that
   * it made stay, and a stage whose latest result was this run's goes back to the result of the run before; without one
   * the document waits for the stage again. One transaction.
   *
   * @throws `db.not-found`, `db.run-open`.
   */
  delete(runId: string, options?: DeleteOptions): Promise<Deletion>;
  /**
   * Removes what runs that have ended long ago have left and nothing current names: their superseded results, and the
   * runs themselves with items, steps, events and frontier once no document's stage or finding names them. What a stage
   * names, versions and contents stay; a version forgets a run that goes. A run must meet all conditions; without any,
   * nothing goes. One transaction for each run, and for some thousand results.
   */
  prune(options: PruneRuns): Promise<Deletion>;
  find(runId: string): Promise<RunRecord | undefined>;
  /** Newest first. @throws `db.invalid-cursor`, `db.invalid-limit`. */
  page(filter?: RunFilter): Promise<Page<RunRecord>>;
  /** @throws `db.not-found`. */
  addEvents(runId: string, events: readonly NewRunEvent[]): Promise<void>;
  /** Events after a cursor, oldest first; the cursor is `seq` of the last one seen. `limit`: default 100. */
  events(
    runId: string,
    options?: { readonly afterSeq?: number; readonly limit?: number },
  ): Promise<readonly RunEventRecord[]>;
}

export function createRunRepository(scope: DataScope): RunRepository {
  const { sql: db, workspace } = scope;
  const isHeldBy = (runId: string, workerId: string): Sql => sql`workspace_id = ${workspace.id} AND id = ${runId}
    AND worker_id = ${workerId} AND status IN ('pending', 'running')`;

  const repository: RunRepository = {
    open: (run) => openRun(scope, run),
    async renew(runId, workerId, leaseMs) {
      const renewed = await db.execute(
        sql`UPDATE runs SET lease_until = ${db.dialect.nowPlus(leaseMs)} WHERE ${isHeldBy(runId, workerId)}`,
      );
      return renewed > 0;
    },
    async release(runId, workerId) {
      await db.execute(sql`UPDATE runs SET worker_id = NULL, lease_until = NULL WHERE ${isHeldBy(runId, workerId)}`);
    },
    async finish(run) {
      await endRun(scope, run);
      const record = await repository.find(run.runId);
      if (!record) throw dbErrors.create('not-found', { what: 'run', id: run.runId });
      return record;
    },
    cancel: (runId, reason) =>
      endRun(scope, { runId, status: 'canceled', ...(reason === undefined ? {} : { errorMessage: reason }) }),
    delete: (runId, options = {}) => deleteRun(scope, runId, options),
    prune: (options) => pruneRuns(scope, options),
    async find(runId) {
      const rows = await db.all<RunRow>(
        sql`SELECT ${RUN_COLUMNS} FROM runs WHERE workspace_id = ${workspace.id} AND id = ${runId}`,
      );
      return (await toRunRecords(db, workspace.id, rows))[0];
    },
    page: ({ tool, statuses, ...page } = {}) =>
      pageById({
        page,
        column: 'id',
        isDescending: true,
        idOf: ({ id }) => id,
        async select({ where, orderBy, limit }) {
          const ofTool = tool === undefined ? sql`` : sql`AND tool = ${tool}`;
          const inStatus = statuses === undefined ? sql`` : sql`AND ${db.dialect.isIn(sql`status`, statuses)}`;
          const rows = await db.all<RunRow>(sql`
            SELECT ${RUN_COLUMNS} FROM runs WHERE workspace_id = ${workspace.id} ${ofTool} ${inStatus} AND ${where}
            ORDER BY ${orderBy} LIMIT ${limit}`);
          return toRunRecords(db, workspace.id, rows);
        },
      }),
    addEvents: (runId, events) => addRunEvents(scope, runId, events),
    events: (runId, { afterSeq = 0, limit } = {}) => listRunEvents(scope, runId, { afterSeq, limit: pageLimit(limit) }),
  };
  return repository;
}
