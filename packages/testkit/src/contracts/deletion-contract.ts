import { describe } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { describeCoverage } from './deletion/coverage-cases.ts';
import { describeDocumentDeletion } from './deletion/document-deletion-cases.ts';
import { describeRunDeletion } from './deletion/run-deletion-cases.ts';
import { describeSourceDeletion } from './deletion/source-deletion-cases.ts';
import { describeWorkspaceDeletion } from './deletion/workspace-deletion-cases.ts';
import { documentRegistry } from './support/document-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';

/** What deleting documents, sources, runs and workspaces promises, whatever the database. */
export function deletionContract(harness: ContractHarness): void {
  describe(`deletions on ${harness.name}`, () => {
    const clock = createTestClock(START);
    let statements: string[] = [];
    const data = useData(harness, () => {
      clock.set(START);
      return { clock, registry: documentRegistry, onStatement: (text) => statements.push(text) };
    });
    const statementsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      statements = [];
      await work();
      return statements;
    };
    const cases = { harness, data, clock, statementsOf };
    describeCoverage(cases);
    describeDocumentDeletion(cases);
    describeSourceDeletion(cases);
    describeRunDeletion(cases);
    describeWorkspaceDeletion(cases);
  });
}
