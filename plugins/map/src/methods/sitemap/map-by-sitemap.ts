import { type Discovery, type DiscoveryBatch, type DiscoverySource, inBatches } from '../../discovery.ts';
import { mapErrors } from '../../errors.ts';
import type { Look } from '../look-at.ts';
import { createOwnHosts, type WebMethodOptions } from '../web-method.ts';
import { readSitemapTree, type SitemapRoot } from './read-sitemap-tree.ts';

export interface MapBySitemapOptions extends WebMethodOptions {
  /** The canonical URL that was asked for: a page of the site, or a sitemap. */
  readonly start: string;
  /** What it turned out to be; undefined where robots.txt does not let us look. */
  readonly look: Look | undefined;
  /** The sitemap to read instead of those of the site. */
  readonly sitemap?: string | undefined;
  readonly batchSize: number;
}

/** Where sites have their sitemap when robots.txt names none. */
const WELL_KNOWN = [
  '/sitemap.xml',
  '/sitemap_index.xml',
  '/sitemap-index.xml',
  '/sitemap.xml.gz',
  '/sitemap.txt',
  '/wp-sitemap.xml',
];

/**
 * The source of a sitemap map. It is not the site itself: what a crawl of the same site has found is not gone because
 * the sitemap does not list it.
 */
function sitemapSource({
  start,
  look,
  sitemap,
}: Pick<MapBySitemapOptions, 'start' | 'look' | 'sitemap'>): DiscoverySource {
  const uri = sitemap ?? (look?.kind === 'page' || look === undefined ? new URL('/sitemap.xml', start).href : start);
  return { kind: 'site', uri };
}

/**
 * Maps what the sitemaps of a site list: the given one; else all that robots.txt names; else, where those list nothing,
 * all that lie at the usual addresses. The start itself is registered only if it is listed.
 *
 * @throws `map.nothing-found`.
 */
export async function* mapBySitemap(options: MapBySitemapOptions): AsyncGenerator<DiscoveryBatch> {
  const { start, look, tally } = options;
  const hosts = createOwnHosts(start);
  // The site that the user means is where the address leads.
  if (look !== undefined) hosts.add(look.finalUrl);
  const seen = new Set<string>();
  let hasFound = false;
  const discoveries = async function* (): AsyncGenerator<Discovery> {
    for await (const roots of rootLists(options)) {
      for await (const discovery of readSitemapTree({ ...options, roots, hosts, seen })) {
        hasFound = true;
        yield discovery;
      }
      if (hasFound) return;
    }
  };
  yield* inBatches(discoveries(), { method: 'sitemap', source: sitemapSource(options), size: options.batchSize });
  if (!hasFound) throw nothingFound(start, seen, tally);
}

/** Lists of sitemaps, each to be read when the ones before list nothing. */
async function* rootLists(options: MapBySitemapOptions): AsyncGenerator<readonly SitemapRoot[]> {
  const { start, look, sitemap, web } = options;
  const named = sitemap ?? (look !== undefined && look.kind !== 'page' ? start : undefined);
  if (named !== undefined) {
    yield [{ url: named }];
    return;
  }
  const site = look?.finalUrl ?? start;
  const { sitemaps } = await web.robots(site);
  if (sitemaps.length > 0) yield sitemaps.map((url) => ({ url }));
  yield WELL_KNOWN.map((path) => ({ url: new URL(path, site).href, isGuess: true }));
}

function nothingFound(source: string, seen: ReadonlySet<string>, tally: WebMethodOptions['tally']): Error {
  const problems = new Map(tally.errors.map(({ url, message }) => [url, message]));
  const others = tally.skipped['other-host'] ?? 0;
  return mapErrors.create('nothing-found', {
    source,
    tried: [
      ...[...seen].map((url) => problems.get(url) ?? `${url}: no sitemap`),
      ...(others > 0 ? [`${others} addresses on other hosts, left out`] : []),
    ].slice(0, 20),
  });
}
