import { clients } from '@sheaf/client';
import { createSheaf } from '@sheaf/engine';
import { firstPartyPlugins } from 'sheaf';

/** What is ingested into which database; plain data, since it also travels on a command line. */
export interface IngestCommand {
  readonly url: string;
  readonly source: string;
  readonly method: 'sitemap' | 'crawl' | 'feed';
  readonly connectTo: Readonly<Record<string, string>>;
}

/** Does what `sheaf ingest` does, without the pauses that spare real sites. */
export async function ingestExampleSite({ url, source, method, connectTo }: IngestCommand): Promise<void> {
  const plugins = firstPartyPlugins({
    web: { connectTo, minDelayMs: 0 },
    // A step loses a worker with each kill.
    fetch: { maxAttempts: 20, retry: { baseMs: 1, maxMs: 1 } },
  });
  // With SQLite, some contents are kept in the database and some in files.
  const sheaf = await createSheaf({ url, clients, plugins, sqlite: { maxContentBytes: 2_000 } });
  try {
    await sheaf.workspace('default').ingest.run({ source, method });
  } finally {
    await sheaf.close();
  }
}
