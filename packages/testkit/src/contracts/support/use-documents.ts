import { createTestClock, type TestClock } from '../../test-clock.ts';
import type { ContractHarness, OpenedData } from '../contract-harness.ts';
import { documentRegistry } from './document-rows.ts';
import { useData } from './use-data.ts';

const START = '2026-05-04T03:02:01.007Z';

export interface UsedDocuments {
  readonly data: () => OpenedData;
  readonly clock: TestClock;
  /** The text of the statements that `work` sends. */
  readonly statementsOf: (work: () => Promise<unknown>) => Promise<readonly string[]>;
}

/** Opens new data before each test, with the plugins of `documentRegistry`. */
export function useDocuments(harness: ContractHarness): UsedDocuments {
  const clock = createTestClock(START);
  let statements: string[] = [];
  const data = useData(harness, () => {
    clock.set(START);
    return { clock, registry: documentRegistry, onStatement: (text) => statements.push(text) };
  });
  return {
    data,
    clock,
    async statementsOf(work) {
      statements = [];
      await work();
      return statements;
    },
  };
}
