import { describe } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { describeCoverage } from './deletion/coverage-cases.ts';
import { describeDocumentDeletion } from './deletion/document-deletion-cases.ts';
import { describeRunDeletion } from './deletion/run-deletion-cases.ts';
import { describeRunPruning } from './deletion/run-pruning-cases.ts';
import { describeSourceDeletion } from './deletion/source-deletion-cases.ts';
import { describeWorkspaceDeletion } from './deletion/workspace-deletion-cases.ts';
import { useDocuments } from './support/use-documents.ts';

/** What deleting documents, sources, runs and workspaces promises, whatever the database. */
export function deletionContract(harness: ContractHarness): void {
  describe(`deletions on ${harness.name}`, () => {
    const cases = { harness, ...useDocuments(harness) };
    describeCoverage(cases);
    describeDocumentDeletion(cases);
    describeSourceDeletion(cases);
    describeRunDeletion(cases);
    describeRunPruning(cases);
    describeWorkspaceDeletion(cases);
  });
}
