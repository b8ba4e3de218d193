import type { ContractHarness } from './contract-harness.ts';
import { sqlCancellationContract } from './sql/cancellation.ts';
import { sqlErrorsContract } from './sql/errors.ts';
import { sqlListsContract } from './sql/lists.ts';
import { sqlParametersContract } from './sql/parameters.ts';
import { sqlRowsContract } from './sql/rows.ts';
import { sqlTransactionsContract } from './sql/transactions.ts';
import { sqlValuesContract } from './sql/values.ts';

/** What the SQL port promises, whatever the database. */
export function sqlContract(harness: ContractHarness): void {
  sqlParametersContract(harness);
  sqlValuesContract(harness);
  sqlListsContract(harness);
  sqlRowsContract(harness);
  sqlTransactionsContract(harness);
  sqlCancellationContract(harness);
  sqlErrorsContract(harness);
}
