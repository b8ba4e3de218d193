import type { ContractHarness } from './contract-harness.ts';
import { runEndsContract } from './runs/ends.ts';
import { runOpeningContract } from './runs/opening.ts';
import { runReadingContract } from './runs/reading.ts';

/** What `RunRepository` promises, whatever the database. */
export function runsContract(harness: ContractHarness): void {
  runOpeningContract(harness);
  runEndsContract(harness);
  runReadingContract(harness);
}
