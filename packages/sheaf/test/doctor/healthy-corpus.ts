import { clients } from '@sheaf/client';
import { systemClock } from '@sheaf/core';
import {
  type ByteStore,
  createDatabaseByteStore,
  createIntegrity,
  createTieredByteStore,
  type Integrity,
  type Session,
} from '@sheaf/db';
import { startExampleSite } from '@sheaf/example-site';
import { createTestSheaf, type TestSheaf } from '@sheaf/testkit';
import { type FirstPartyPlugins, firstPartyPlugins } from 'sheaf';

export type Provider = 'sqlite' | 'postgresql';

/** A database with what two ingests of the example site leave, the site having changed in between. */
export interface HealthyCorpus extends TestSheaf<FirstPartyPlugins> {
  readonly bytes: ByteStore;
  /** Looks at the state of a transaction. */
  integrityIn(session: Session<unknown>): Integrity;
}

export async function openHealthyCorpus(provider: Provider): Promise<HealthyCorpus> {
  const site = await startExampleSite({ scenario: 'initial', slowMs: 1 });
  const test = await createTestSheaf({
    provider,
    clients,
    // So that some are kept in the database, and some in files.
    sqlite: { maxContentBytes: 2_000 },
    plugins: firstPartyPlugins({
      web: { connectTo: site.connectTo, minDelayMs: 0 },
      fetch: { maxAttempts: 2, retry: { baseMs: 5, maxMs: 10 } },
    }),
  });
  const { map, fetch } = test.sheaf.workspace('default');
  await map.run({ source: `${site.origin}/`, method: 'crawl' });
  await fetch.run({});
  site.setScenario('second');
  await map.run({ source: `${site.origin}/`, method: 'crawl' });
  await fetch.run({ refetch: true, retryFailed: true });
  await site.close();
  const { graph, connection } = test.sheaf;
  const bytes = connection.bytesFolder
    ? createTieredByteStore({ folder: connection.bytesFolder })
    : createDatabaseByteStore();
  return {
    ...test,
    bytes,
    integrityIn: (session) => createIntegrity({ session, bytes, graph, clock: systemClock }),
  };
}
