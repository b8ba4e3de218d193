import type { RunStatus } from '@sheaf/core';
import type { Page, PageOptions } from './page.ts';

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

export interface RunRepository {
  /** Makes a run in status `running`, or resumes one. Writes `group_start` once. */
  open(run: OpenRun): Promise<{ readonly id: string; readonly isResumed: boolean }>;
  /** Extends the lease; false where another worker has the run. */
  renew(runId: string, workerId: string, leaseMs: number): Promise<boolean>;
  /** Lets go of an unfinished run: it stays open, and the next invocation of the same input resumes it. */
  release(runId: string, workerId: string): Promise<void>;
  /**
   * Derives the item counts from the items and ends the run exactly once (writes `group_end`); a run that has ended
   * stays as it is. Gives the record as it stands.
   */
  finish(run: FinishRun): Promise<RunRecord>;
  /** Cancels a run from any status that is not final, with its open items and steps. Gives whether it did. */
  cancel(runId: string, reason?: string): Promise<boolean>;
  find(runId: string): Promise<RunRecord | undefined>;
  /** Newest first. */
  page(filter?: RunFilter): Promise<Page<RunRecord>>;
  addEvents(runId: string, events: readonly NewRunEvent[]): Promise<void>;
  /** Events after a cursor, oldest first; the cursor is `seq` of the last one seen. */
  events(
    runId: string,
    options?: { readonly afterSeq?: number; readonly limit?: number },
  ): Promise<readonly RunEventRecord[]>;
}
