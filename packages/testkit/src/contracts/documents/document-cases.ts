import type { TestProvider } from '../../databases/test-database.ts';
import type { TestClock } from '../../test-clock.ts';
import type { OpenedData } from '../contract-harness.ts';

/** What the parts of the documents' contract work with. */
export interface DocumentCases {
  readonly provider: TestProvider;
  /** The database of the running test; its registry is `documentRegistry`. */
  readonly data: () => OpenedData;
  /** Stands at the same time at the beginning of each test. */
  readonly clock: TestClock;
  /** The statements that `work` sends. */
  readonly statementsOf: (work: () => Promise<unknown>) => Promise<readonly string[]>;
}
