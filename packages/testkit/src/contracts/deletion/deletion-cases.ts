import type { ContractHarness } from '../contract-harness.ts';
import type { UsedDocuments } from '../support/use-documents.ts';

/** What the cases of a deletion are tested with. */
export interface DeletionCases extends UsedDocuments {
  readonly harness: ContractHarness;
}
