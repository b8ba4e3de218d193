import type { ContractHarness } from './contract-harness.ts';
import { stepClaimsContract } from './steps/claims.ts';
import { stepEndsContract } from './steps/ends.ts';
import { stepLeasesContract } from './steps/leases.ts';
import { stepNeedsContract } from './steps/needs.ts';
import { stepPlanContract } from './steps/plan.ts';

/** What `StepRepository` promises, whatever the database. */
export function stepsContract(harness: ContractHarness): void {
  stepPlanContract(harness);
  stepClaimsContract(harness);
  stepEndsContract(harness);
  stepLeasesContract(harness);
  stepNeedsContract(harness);
}
