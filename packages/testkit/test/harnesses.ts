import { clients } from '@sheaf/client';
import { type ContractHarness, openTestData, type TestProvider } from '@sheaf/testkit';

const harness = (name: string, provider: TestProvider): ContractHarness => ({
  name,
  provider,
  open: (options) => openTestData({ ...options, provider, clients }),
});

/** Every way in which the data layer runs; each contract suite passes on all of them. */
export const harnesses: readonly ContractHarness[] = [
  harness('SQLite file', 'sqlite'),
  harness('SQLite in memory', 'sqlite-memory'),
  harness('PostgreSQL', 'postgresql'),
];
