import { isSheafError } from '@sheaf/core';
import { tryCanonicalizeUrl } from '@sheaf/web';
import type { Discovery } from '../../discovery.ts';
import { mapErrors } from '../../errors.ts';
import { readDate } from '../../text/read-date.ts';
import { listedUrl } from '../web-listing.ts';
import type { OwnHosts, WebMethodOptions } from '../web-method.ts';
import { MAX_SITEMAP_BYTES, parseSitemap } from './parse-sitemap.ts';

/** A sitemap to read. */
export interface SitemapRoot {
  readonly url: string;
  /** Nobody named it: where it does not exist, or is something else, there just is no sitemap. */
  readonly isGuess?: boolean;
}

export interface ReadSitemapTreeOptions extends WebMethodOptions {
  readonly roots: readonly SitemapRoot[];
  readonly hosts: OwnHosts;
  /** Sitemaps that were met, by their canonical URL; each is read once. */
  readonly seen: Set<string>;
}

interface Node extends SitemapRoot {
  readonly level: number;
}

/** Indexes within indexes; the protocol knows one level, sites have two or three. */
const MAX_LEVEL = 5;
/** The parser has its own limit, up to which it reads; this one only stops what unfolds to nothing, endlessly. */
const MAX_TRANSFER_BYTES = 20 * MAX_SITEMAP_BYTES;
const ACCEPT = 'application/xml,text/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5';

/**
 * The documents that sitemaps list, with those of the sitemaps that they list in turn. What cannot be read is counted
 * as an error; the rest goes on.
 */
export async function* readSitemapTree(options: ReadSitemapTreeOptions): AsyncGenerator<Discovery> {
  const { tally, seen } = options;
  // The next one is at the end. An index is read to its end before its children, as no answer waits for ever.
  const waiting: Node[] = options.roots.map((root) => ({ ...root, level: 0 })).reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const url = tryCanonicalizeUrl(node.url);
    if (url === undefined) {
      tally.skip('invalid-url');
      continue;
    }
    if (seen.has(url)) continue;
    seen.add(url);
    const children: Node[] = [];
    try {
      if (node.level > MAX_LEVEL) throw mapErrors.create('sitemap-too-deep', { url, limit: MAX_LEVEL });
      yield* readSitemap({ ...node, url }, children, options);
    } catch (error) {
      options.signal.throwIfAborted();
      if (isSheafError(error, 'web.robots-denied')) tally.skip('robots-denied');
      else if (!(node.isGuess && meansAbsence(error))) tally.fail(url, error);
    }
    waiting.push(...children.reverse());
  }
}

async function* readSitemap(node: Node, children: Node[], options: ReadSitemapTreeOptions): AsyncGenerator<Discovery> {
  const { web, tally, signal, hosts, allowExternal } = options;
  const { url, status, finalUrl, charset, stream } = await web.get(node.url, {
    as: 'stream',
    signal,
    accept: ACCEPT,
    maxBodyBytes: MAX_TRANSFER_BYTES,
    // A sitemap that the site names is meant for crawlers, whatever else they may not read.
    skipRobots: node.isGuess !== true,
  });
  try {
    if (status !== 200)
      throw mapErrors.create('http-error', { url, status }, { isRetryable: status >= 500 || status === 429 });
    // Reaching another address of the site is reaching the same sitemap.
    const reached = tryCanonicalizeUrl(finalUrl);
    if (reached !== undefined && reached !== node.url) {
      if (options.seen.has(reached)) return;
      options.seen.add(reached);
    }
    for await (const entry of parseSitemap(stream, { url: node.url, charset })) {
      const base = entry.base === undefined ? finalUrl : (tryCanonicalizeUrl(entry.base, finalUrl) ?? finalUrl);
      if (entry.kind === 'sitemap') {
        children.push({ url: tryCanonicalizeUrl(entry.href, base) ?? entry.href, level: node.level + 1 });
        continue;
      }
      const uri = listedUrl({ href: entry.href, base, hosts, allowExternal, tally });
      if (uri === undefined) continue;
      const modifiedAt = readDate(entry.modified);
      yield {
        uri,
        depth: 0,
        foundAt: node.url,
        ...(entry.title === undefined ? {} : { title: entry.title }),
        ...(modifiedAt === undefined ? {} : { modifiedAt }),
      };
    }
  } finally {
    await stream.cancel();
  }
}

function meansAbsence(error: unknown): boolean {
  if (isSheafError(error, 'map.http-error')) return Number(error.details.status) < 500;
  return isSheafError(error, 'map.invalid-sitemap');
}
