import { z } from 'zod';
import type { FetchChange } from '../repositories/fetch-result.ts';

/** A document that could not be fetched. */
export interface FetchProblem {
  readonly uri: string;
  readonly code: string;
  readonly message: string;
}

/** What a fetch has done; of a resumed run, all of it. */
export interface FetchOutput {
  /** Null for a dry run, and where nothing was to be done. */
  readonly runId: string | null;
  /** Documents that were to be fetched. */
  readonly planned: number;
  readonly completed: number;
  readonly failed: number;
  /** What the site forbids, and what turned out to be another document. */
  readonly skipped: number;
  /** Documents whose step ended without a result: their workers were lost, or the run was canceled. */
  readonly unfinished: number;
  /** What came of the documents. */
  readonly changes: Readonly<Record<FetchChange, number>>;
  /** Attempts beyond the first of each document. */
  readonly retried: number;
  /** The first 100. */
  readonly errors: readonly FetchProblem[];
  /** Documents that failed or were skipped, by error code. */
  readonly errorCounts: Readonly<Record<string, number>>;
  /** Bytes of the bodies that were read. */
  readonly bytes: number;
  readonly durationMs: number;
  readonly isResumed: boolean;
  /** Documents that another run has at work. */
  readonly inProgressElsewhere: number;
}

const count = z.number().int().nonnegative();

export const fetchOutput: z.ZodType<FetchOutput> = z.object({
  runId: z.string().nullable(),
  planned: count,
  completed: count,
  failed: count,
  skipped: count,
  unfinished: count,
  changes: z.object({ created: count, updated: count, unchanged: count, restored: count, gone: count }),
  retried: count,
  errors: z.array(z.object({ uri: z.string(), code: z.string(), message: z.string() })),
  errorCounts: z.record(z.string(), count),
  bytes: count,
  durationMs: count,
  isResumed: z.boolean(),
  inProgressElsewhere: count,
});
