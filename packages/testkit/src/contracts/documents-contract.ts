import { describe } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { describeContent } from './documents/content-cases.ts';
import { describeFilters } from './documents/filter-cases.ts';
import { describeIsolation } from './documents/isolation-cases.ts';
import { describePages } from './documents/page-cases.ts';
import { describeRegistration } from './documents/register-cases.ts';
import { describeUnion } from './documents/unite-cases.ts';
import { useDocuments } from './support/use-documents.ts';

/** What `DocumentRepository` promises, whatever the database. */
export function documentsContract(harness: ContractHarness): void {
  describe(`documents on ${harness.name}`, () => {
    const cases = { provider: harness.provider, ...useDocuments(harness) };
    describeRegistration(cases);
    describeContent(cases);
    describeUnion(cases);
    describePages(cases);
    describeFilters(cases);
    describeIsolation(cases);
  });
}
