import { isSheafError } from '@sheaf/core';
import type { FrontierEntry, FrontierRepository, FrontierState } from '@sheaf/db';
import { tryCanonicalizeUrl } from '@sheaf/web';
import type { Discovery, DiscoveryBatch } from '../../discovery.ts';
import { mapErrors } from '../../errors.ts';
import type { UrlFilter } from '../../url-filter.ts';
import { lookAt } from '../look-at.ts';
import { createOwnHosts, type OwnHosts, type WebMethodOptions } from '../web-method.ts';
import { isPageLike } from './page-like.ts';
import { createRecentUrls, type RecentUrls } from './recent-urls.ts';
import { type Visit, visitPage } from './visit-page.ts';

export interface MapByCrawlOptions extends WebMethodOptions {
  /** The canonical URL to begin with. */
  readonly start: string;
  /** Where it leads, if that is known already. */
  readonly finalUrl?: string | undefined;
  readonly frontier: FrontierRepository;
  readonly runId: string;
  readonly filter: UrlFilter;
  /** Links from the start, at the most, to a document that is registered. */
  readonly maxDepth: number;
  /** Pages requested, at the most. */
  readonly maxPages: number;
  /** Pages requested at once, at the most. */
  readonly concurrency: number;
}

const RECENT_URLS = 50_000;

/**
 * Maps a site by following its links, breadth first, from a frontier that outlives the process: what was visited is not
 * visited again, what was under way is. The documents and the way ahead that a page gives are written together.
 *
 * Pages on other hosts, pages that the filter leaves out (the start excepted), files that bear a file's name, and what
 * lies at `maxDepth` are not visited.
 *
 * @throws `map.http-error` and whatever else keeps the start from being read.
 */
export async function* mapByCrawl(options: MapByCrawlOptions): AsyncGenerator<DiscoveryBatch> {
  const { start, frontier, runId, tally, signal, maxDepth, maxPages, concurrency } = options;
  const place = { method: 'crawl', source: { kind: 'site', uri: start } } as const;
  const finalUrl = options.finalUrl ?? (await reach(options));
  const hosts = createOwnHosts(start, finalUrl);
  const recent = createRecentUrls(RECENT_URLS);
  yield { ...place, ...startBatch(options, finalUrl) };

  await frontier.reopen(runId);
  const before = await frontier.counts(runId);
  let requested = before.completed + before.failed;
  const stop = new AbortController();
  const visitOptions = { ...options, hosts, signal: AbortSignal.any([signal, stop.signal]) };
  const queue: FrontierEntry[] = [];
  const active = new Set<Promise<void>>();
  let visits: Visit[] = [];
  let fault: { readonly error: unknown } | undefined;
  const begin = (entry: FrontierEntry): void => {
    const task: Promise<void> = visitPage(entry, visitOptions)
      .then(
        (visit) => void visits.push(visit),
        (error: unknown) => {
          fault ??= { error };
        },
      )
      .finally(() => active.delete(task));
    active.add(task);
  };

  try {
    let isCut = false;
    let depth = 0;
    for (;;) {
      while (!isCut && active.size < concurrency) {
        if (queue.length === 0) queue.push(...(await frontier.take(runId, concurrency)));
        const [next] = queue;
        if (next === undefined) break;
        // The nearest come first: behind one that is too far, all are.
        isCut = requested >= maxPages || next.depth >= maxDepth;
        if (isCut) break;
        // A page under way may show a shorter way to what this one would find.
        if (next.depth > depth && active.size + visits.length > 0) break;
        depth = next.depth;
        queue.shift();
        requested += 1;
        begin(next);
      }
      if (visits.length === 0 && active.size > 0) await Promise.race(active);
      if (fault) throw fault.error;
      signal.throwIfAborted();
      if (visits.length > 0) {
        const done = visits;
        visits = [];
        yield { ...place, ...visitsBatch(done, { ...options, hosts, recent }) };
      } else if (active.size === 0) {
        break;
      }
    }
    yield { ...place, discoveries: [], settle: (store) => giveBack(store, runId, queue) };
    const after = await frontier.counts(runId);
    // What is left was met and not visited, in this process or in one before it.
    if (after.pending > 0 || after.failed > 0) tally.cut();
  } finally {
    stop.abort();
    await Promise.all(active);
  }
}

/** Where the start leads. */
async function reach({ start, web, signal }: MapByCrawlOptions): Promise<string> {
  try {
    const { status, finalUrl } = await lookAt(web, start, signal);
    if (status !== 200)
      throw mapErrors.create('http-error', { url: start, status }, { isRetryable: status >= 500 || status === 429 });
    return finalUrl;
  } catch (error) {
    // It is registered all the same, and nothing else can be found from it.
    if (isSheafError(error, 'web.robots-denied')) return start;
    throw error;
  }
}

function startBatch({ start, runId }: MapByCrawlOptions, finalUrl: string): Findings {
  const final = tryCanonicalizeUrl(finalUrl) ?? start;
  const discoveries: Discovery[] = [{ uri: start, depth: 0, foundAt: null }];
  if (final !== start) discoveries.push({ uri: final, depth: 0, foundAt: start });
  return {
    discoveries,
    settle: async (frontier) => {
      await frontier.add(runId, [{ uri: final, depth: 0, foundAt: final === start ? null : start }]);
    },
  };
}

type Findings = Pick<DiscoveryBatch, 'discoveries' | 'settle'>;

interface VisitsContext extends MapByCrawlOptions {
  readonly hosts: OwnHosts;
  readonly recent: RecentUrls;
}

/** What some visits have found, with what it means for the frontier. */
function visitsBatch(visits: readonly Visit[], context: VisitsContext): Findings {
  const discoveries: Discovery[] = [];
  const entries: FrontierEntry[] = [];
  const settled: { uri: string; state: FrontierState }[] = [];
  for (const { entry, state, finalUrl, links } of visits) {
    settled.push({ uri: entry.uri, state });
    if (finalUrl !== undefined) {
      // The address that answered is visited with the one that led there.
      context.recent.add(finalUrl);
      discoveries.push({ uri: finalUrl, depth: entry.depth, foundAt: entry.uri });
      entries.push({ uri: finalUrl, depth: entry.depth, foundAt: entry.uri });
      settled.push({ uri: finalUrl, state });
    }
    for (const link of links) {
      const discovery = toDiscovery(link, { foundAt: finalUrl ?? entry.uri, depth: entry.depth + 1 }, context);
      if (discovery === undefined) continue;
      discoveries.push(discovery);
      const { uri, depth, foundAt } = discovery;
      if (context.hosts.has(uri) && context.filter.accepts(uri) && isPageLike(uri))
        entries.push({ uri, depth, foundAt });
    }
  }
  return {
    discoveries,
    settle: async (frontier) => {
      await frontier.add(context.runId, entries);
      await frontier.settle(context.runId, settled);
    },
  };
}

function toDiscovery(
  link: Visit['links'][number],
  place: { readonly foundAt: string; readonly depth: number },
  { recent, hosts, allowExternal, tally }: VisitsContext,
): Discovery | undefined {
  const uri = tryCanonicalizeUrl(link.url);
  if (!recent.add(uri ?? link.url)) return undefined;
  if (uri === undefined) {
    tally.skip('invalid-url');
    return undefined;
  }
  if (!allowExternal && !hosts.has(uri)) {
    tally.skip('other-host');
    return undefined;
  }
  return { uri, ...place, ...(link.isNofollow ? { meta: { nofollow: true } } : {}) };
}

/** What was taken and not visited waits again. */
async function giveBack(frontier: FrontierRepository, runId: string, entries: readonly FrontierEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await frontier.settle(
    runId,
    entries.map(({ uri }) => ({ uri, state: 'pending' })),
  );
}
