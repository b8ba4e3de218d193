import type { FrontierRepository } from '@sheaf/db';
import { createWebClient } from '@sheaf/web';
import { discover } from '../../src/discover.ts';
import type { Discovery, DiscoveryBatch } from '../../src/discovery.ts';
import { mapInput } from '../../src/map-input.ts';
import { createMemoryFrontier } from '../../src/methods/crawl/memory-frontier.ts';
import { readSource } from '../../src/source.ts';
import { createTally, type Tally } from '../../src/tally.ts';
import { createUrlFilter } from '../../src/url-filter.ts';

export interface Discovered {
  readonly batches: readonly DiscoveryBatch[];
  /** In the order of discovery, each address once. */
  readonly discoveries: readonly Discovery[];
  readonly uris: readonly string[];
  readonly tally: Tally;
}

export interface DiscoverAllOptions {
  readonly frontier?: FrontierRepository;
  readonly signal?: AbortSignal;
  readonly concurrency?: number;
  readonly tally?: Tally;
}

/** Runs discovery to its end on a web client of its own. */
export async function discoverAll(
  given: Readonly<Record<string, unknown>> & { readonly source: string },
  {
    frontier = createMemoryFrontier(10_000),
    signal = new AbortController().signal,
    concurrency = 4,
    tally = createTally(),
  }: DiscoverAllOptions = {},
): Promise<Discovered> {
  const input = mapInput.parse(given);
  const source = await readSource(input.source, process.cwd());
  const web = createWebClient({ allowPrivate: true, minDelayMs: 0 });
  const filter = createUrlFilter(input);
  const batches: DiscoveryBatch[] = [];
  try {
    const options = { source, input, filter, frontier, runId: 'run', web, tally, signal, batchSize: 500, concurrency };
    for await (const batch of discover(options)) {
      batches.push(batch);
      await batch.settle?.(frontier);
    }
  } finally {
    await web.close();
  }
  const byUri = new Map<string, Discovery>();
  for (const discovery of batches.flatMap(({ discoveries }) => discoveries)) {
    if (!byUri.has(discovery.uri)) byUri.set(discovery.uri, discovery);
  }
  return { batches, discoveries: [...byUri.values()], uris: [...byUri.keys()], tally };
}
