import { isSheafError } from '@sheaf/core';
import type { FrontierRepository } from '@sheaf/db';
import { canonicalizeUrl } from '@sheaf/web';
import type { DiscoveryBatch } from './discovery.ts';
import { mapErrors } from './errors.ts';
import type { MapInput } from './map-input.ts';
import { mapByCrawl } from './methods/crawl/map-by-crawl.ts';
import { mapByFeed } from './methods/feed/map-by-feed.ts';
import { mapByFolder } from './methods/folder/map-by-folder.ts';
import { type Look, lookAt } from './methods/look-at.ts';
import { mapBySitemap } from './methods/sitemap/map-by-sitemap.ts';
import type { WebMethodOptions } from './methods/web-method.ts';
import type { MapSource } from './source.ts';
import type { UrlFilter } from './url-filter.ts';

export interface DiscoverOptions extends Omit<WebMethodOptions, 'allowExternal'> {
  readonly source: MapSource;
  readonly input: MapInput;
  readonly filter: UrlFilter;
  readonly frontier: FrontierRepository;
  readonly runId: string;
  /** Discoveries in a batch, about. */
  readonly batchSize: number;
  /** Pages that a crawl requests at once, at the most. */
  readonly concurrency: number;
}

/**
 * Finds documents by the method that was asked for, or by the one that fits.
 *
 * @throws `map.method-mismatch`, `map.nothing-found`, and what keeps the source from being read at all.
 */
export async function* discover(options: DiscoverOptions): AsyncGenerator<DiscoveryBatch> {
  const { source, input } = options;
  const mismatch = (): Error => mapErrors.create('method-mismatch', { source: input.source, method: input.method });
  if (source.kind === 'folder') {
    if (input.method !== 'auto' && input.method !== 'folder') throw mismatch();
    return yield* mapByFolder({ ...options, path: source.path });
  }
  if (input.method === 'folder') throw mismatch();
  const web: WebStart = { ...options, allowExternal: input.allowExternal, start: source.url };
  if (input.method === 'crawl') return yield* crawl(web);
  if (input.method === 'feed') return yield* mapByFeed(web);
  if (input.method === 'sitemap' || input.sitemap !== undefined) return yield* sitemap(web, await lookAtStart(web));
  yield* choose(web);
}

type WebStart = DiscoverOptions & WebMethodOptions & { readonly start: string };

/** By what the address is; a site by its sitemaps, or by a crawl where these list nothing. */
async function* choose(web: WebStart): AsyncGenerator<DiscoveryBatch> {
  const { pending, running, completed } = await web.frontier.counts(web.runId);
  // An interrupted crawl goes on as what it was.
  if (pending + running + completed > 0) return yield* crawl(web);
  const look = await lookAtStart(web);
  if (look?.kind === 'feed') return yield* mapByFeed(web);
  try {
    yield* sitemap(web, look);
  } catch (error) {
    if (!isSheafError(error, 'map.nothing-found') || look?.kind === 'sitemap') throw error;
    yield* crawl(web, look?.status === 200 ? look.finalUrl : undefined);
  }
}

function sitemap(web: WebStart, look: Look | undefined): AsyncGenerator<DiscoveryBatch> {
  const named = web.input.sitemap;
  return mapBySitemap({ ...web, look, ...(named === undefined ? {} : { sitemap: canonicalizeUrl(named) }) });
}

function crawl(web: WebStart, finalUrl?: string): AsyncGenerator<DiscoveryBatch> {
  const { maxDepth, maxPages } = web.input;
  return mapByCrawl({ ...web, maxDepth, maxPages, finalUrl });
}

/** Undefined where robots.txt forbids the start: the site may have sitemaps all the same. */
async function lookAtStart({ web, start, signal }: WebStart): Promise<Look | undefined> {
  try {
    return await lookAt(web, start, signal);
  } catch (error) {
    if (isSheafError(error, 'web.robots-denied')) return undefined;
    throw error;
  }
}
