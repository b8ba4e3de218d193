import type { StageStatus } from '@sheaf/core';
import type { DataScope } from '../scope.ts';
import { backfillStages } from './stages/backfill-stages.ts';
import { setStages } from './stages/set-stages.ts';

export interface StageUpdate {
  readonly documentId: string;
  readonly stage: string;
  /** Default `default`. */
  readonly variant?: string;
  readonly status: StageStatus;
  /** The run whose result row is written in the same transaction; absent keeps the run of the latest result. */
  readonly runId?: string;
  readonly inputHash?: string | null;
  readonly configHash?: string | null;
  readonly errorCode?: string | null;
  readonly errorMessage?: string | null;
}

export interface StageRepository {
  /** Writes present states, set-based. */
  set(updates: readonly StageUpdate[]): Promise<void>;
  /** Gives every document the stages that start pending and that it lacks. Gives the number of rows made. */
  backfill(): Promise<number>;
}

export function createStageRepository(scope: DataScope): StageRepository {
  return {
    set: (updates) => setStages(scope, updates),
    backfill: () => backfillStages(scope),
  };
}
