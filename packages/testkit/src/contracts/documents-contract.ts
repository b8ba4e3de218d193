import { describe } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { describeContent } from './documents/content-cases.ts';
import { describeFilters } from './documents/filter-cases.ts';
import { describeIsolation } from './documents/isolation-cases.ts';
import { describePages } from './documents/page-cases.ts';
import { describeRegistration } from './documents/register-cases.ts';
import { describeUnion } from './documents/unite-cases.ts';
import { documentRegistry } from './support/document-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';

/** What `DocumentRepository` promises, whatever the database. */
export function documentsContract(harness: ContractHarness): void {
  describe(`documents on ${harness.name}`, () => {
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
    const cases = { provider: harness.provider, data, clock, statementsOf };
    describeRegistration(cases);
    describeContent(cases);
    describeUnion(cases);
    describePages(cases);
    describeFilters(cases);
    describeIsolation(cases);
  });
}
