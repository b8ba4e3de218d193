import type { TestClock } from '../../test-clock.ts';
import type { ContractHarness, OpenedData } from '../contract-harness.ts';

/** What the cases of a deletion are tested with. */
export interface DeletionCases {
  readonly harness: ContractHarness;
  readonly data: () => OpenedData;
  readonly clock: TestClock;
  /** The text of the statements that `work` sends. */
  readonly statementsOf: (work: () => Promise<unknown>) => Promise<readonly string[]>;
}
