import type { Access, SheafError, ToolContext } from '@sheaf/core';
import type { ClaimedStep, DataRepositories, DataService } from '@sheaf/db';
import type { RetryPolicy } from './retry.ts';

/** What the engine needs of a tool's context: the data layer under the name `data`. */
export interface EngineNeeds {
  readonly data: DataRepositories & DataService;
}

/** How one attempt at a step ended, before it is written. */
export type StepOutcome<Value> =
  | { readonly status: 'completed' | 'skipped'; readonly value: Value }
  | {
      readonly status: 'failed';
      readonly error: SheafError;
      readonly value?: Value;
      /** Milliseconds that the other side asked to wait (Retry-After). */
      readonly retryInMs?: number;
    };

/** A step whose end is written now. */
export type SettledStep<Value> = StepOutcome<Value> & { readonly step: ClaimedStep };

export interface StepHandler<Value, Repositories, Needs extends EngineNeeds> {
  /**
   * Does the work of one step, outside any transaction. A thrown coded error counts as `failed`; `isRetryable` of the
   * error decides whether the step is tried again.
   */
  handle(step: ClaimedStep, signal: AbortSignal): Promise<StepOutcome<Value>>;
  /**
   * Writes results and present states of steps that have ended for good, inside the transaction that ends them. Only
   * steps whose claim still holds are given.
   */
  save(access: Access<Repositories, Needs>, settled: readonly SettledStep<Value>[]): Promise<void>;
}

export interface WorkOptions<Value, Repositories, Needs extends EngineNeeds>
  extends StepHandler<Value, Repositories, Needs> {
  readonly context: ToolContext<Repositories, Needs>;
  readonly type: string;
  readonly runId: string;
  /** Steps at work at once; default 4. */
  readonly concurrency?: number;
  /** Steps written in one transaction at the most; default 50. */
  readonly batchSize?: number;
  readonly retry?: RetryPolicy;
  /** Called after each write with the totals so far. */
  readonly onSettled?: (counts: WorkCounts) => void;
}

export interface WorkCounts {
  readonly completed: number;
  readonly skipped: number;
  readonly failed: number;
  /** Attempts that failed and will be tried again. */
  readonly retried: number;
}

/**
 * Decides who tries which step when. The step rows are the truth: an engine may wake workers by other means, but every
 * claim and every end goes through them.
 */
export interface StepEngine {
  readonly workerId: string;
  /**
   * Works on the open steps of a run until all have ended, here or in another process. When the context's signal is
   * aborted, it starts nothing more, gives back what it holds, and throws `engine.canceled`.
   */
  work<Value, Repositories, Needs extends EngineNeeds>(
    options: WorkOptions<Value, Repositories, Needs>,
  ): Promise<WorkCounts>;
}
