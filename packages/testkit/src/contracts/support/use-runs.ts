import type { DataRepositories, DataScope } from '@sheaf/db';
import { createTestClock, type TestClock } from '../../test-clock.ts';
import type { ContractHarness, OpenedData } from '../contract-harness.ts';
import { useData } from './use-data.ts';

/** An id that no run has. */
export const UNKNOWN_RUN = '00000000-0000-7000-8000-000000000000';

const START = '2026-05-04T03:02:01.007Z';

export interface UsedRuns {
  /** Stands at one time until a test moves it. */
  readonly clock: TestClock;
  readonly data: () => OpenedData;
  readonly open: () => Promise<DataRepositories & { readonly scope: DataScope }>;
}

/** Opens new data before each test. */
export function useRuns(harness: ContractHarness): UsedRuns {
  const clock = createTestClock(START);
  const data = useData(harness, () => {
    clock.set(START);
    return { clock };
  });
  return {
    clock,
    data,
    async open() {
      const scope = await data().scope();
      return { scope, ...data().within(scope) };
    },
  };
}
