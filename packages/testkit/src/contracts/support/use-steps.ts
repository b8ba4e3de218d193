import type { ClaimedStep, ClaimSteps, DataRepositories, DataScope } from '@sheaf/db';
import type { ContractHarness, OpenDataOptions, OpenedData } from '../contract-harness.ts';
import { runOf, units } from './run-rows.ts';
import { useData } from './use-data.ts';

export const STEP_TYPE = 'count';

/** A workspace with a running run, for tests of steps. */
export interface OpenedSteps extends DataRepositories {
  readonly data: OpenedData;
  readonly scope: DataScope;
  readonly runId: string;
  /** Plans units named `unit-1`, `unit-2`, … */
  planUnits(count: number, options?: { readonly maxAttempts?: number }): Promise<number>;
  claim(request?: Partial<ClaimSteps>): Promise<readonly ClaimedStep[]>;
  /** Claims exactly one step. */
  claimOne(request?: Partial<ClaimSteps>): Promise<ClaimedStep>;
}

/** Opens new data before each test; the function that it gives makes the workspace and the run. */
export function useSteps(harness: ContractHarness, options?: () => OpenDataOptions): () => Promise<OpenedSteps> {
  const data = useData(harness, options);
  return async () => {
    const scope = await data().scope();
    const repositories = data().within(scope);
    const { steps, runs } = repositories;
    const { id: runId } = await runs.open(runOf());
    const claim = (request: Partial<ClaimSteps> = {}) =>
      steps.claim({ type: STEP_TYPE, workerId: 'worker-1', limit: 100, leaseMs: 60_000, ...request });
    return {
      ...repositories,
      data: data(),
      scope,
      runId,
      planUnits: (count, plan = {}) => steps.plan({ runId, type: STEP_TYPE, steps: units(count), ...plan }),
      claim,
      async claimOne(request = {}) {
        const [step] = await claim({ limit: 1, ...request });
        if (!step) throw new Error('There was no step to claim.');
        return step;
      },
    };
  };
}
