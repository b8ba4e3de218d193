import { isSheafError } from '@sheaf/core';
import { isStoreFailure } from '@sheaf/db';
import { canonicalizeUrl, decodeBody, tryCanonicalizeUrl, type WebResponse } from '@sheaf/web';
import { type Discovery, type DiscoveryBatch, inBatches } from '../../discovery.ts';
import { mapErrors } from '../../errors.ts';
import { readLinks } from '../crawl/read-links.ts';
import { SNIFF_BYTES, sniffListing } from '../sniff-listing.ts';
import { listedUrl } from '../web-listing.ts';
import { createOwnHosts, type OwnHosts, type WebMethodOptions } from '../web-method.ts';
import type { ParsedFeed } from './parse-feed.ts';

export interface MapByFeedOptions extends WebMethodOptions {
  /** The canonical URL of a feed, or of a page that belongs to one. */
  readonly start: string;
  readonly batchSize: number;
}

interface FoundFeed {
  /** Canonical. */
  readonly url: string;
  readonly feed: ParsedFeed;
}

/** Where sites have their feed when their pages name none. */
const WELL_KNOWN = ['/feed', '/feed.xml', '/rss.xml', '/atom.xml', '/index.xml', '/feed.json'];
const ACCEPT =
  'application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/html;q=0.8,*/*;q=0.5';

/**
 * Maps what feeds announce: the start itself, if it is one; else all feeds that the page names; else the first at one
 * of the usual addresses. Feeds hold the newest documents only, so that what they no longer name is not gone.
 *
 * @throws `map.nothing-found`, `map.http-error`, and what keeps the start from being reached.
 */
export async function* mapByFeed(options: MapByFeedOptions): AsyncGenerator<DiscoveryBatch> {
  const { start, tally } = options;
  const tried: string[] = [];
  let hasFound = false;
  for await (const { url, feed } of findFeeds(options, tried)) {
    // The site that a feed belongs to is often on another host than the feed.
    const hosts = createOwnHosts(start, url);
    const home = feed.homeUrl === undefined ? undefined : tryCanonicalizeUrl(feed.homeUrl);
    if (home !== undefined) hosts.add(home);
    const place = { method: 'feed', source: { kind: 'feed', uri: url }, size: options.batchSize } as const;
    for await (const batch of inBatches(toDiscoveries(url, feed, hosts, options), place)) {
      hasFound = true;
      yield batch;
    }
    tried.push(`${url}: ${feed.entries.length} entries`);
  }
  if (hasFound) return;
  const others = tally.skipped['other-host'] ?? 0;
  if (others > 0) tried.push(`${others} addresses on other hosts, left out`);
  throw mapErrors.create('nothing-found', { source: start, tried });
}

async function* toDiscoveries(
  foundAt: string,
  feed: ParsedFeed,
  hosts: OwnHosts,
  { allowExternal, tally }: MapByFeedOptions,
): AsyncGenerator<Discovery> {
  for (const { url, title, modifiedAt } of feed.entries) {
    const uri = listedUrl({ href: url, base: foundAt, hosts, allowExternal, tally });
    if (uri === undefined) continue;
    yield {
      uri,
      depth: 0,
      foundAt,
      ...(title === undefined ? {} : { title }),
      ...(modifiedAt === undefined ? {} : { modifiedAt }),
    };
  }
}

async function* findFeeds(options: MapByFeedOptions, tried: string[]): AsyncGenerator<FoundFeed> {
  const { web, start, signal, tally } = options;
  const response = await web.get(start, { signal, accept: ACCEPT });
  if (response.status !== 200) throw httpError(response);
  const url = canonicalizeUrl(response.finalUrl);
  if (!isPage(response)) {
    yield { url, feed: await readFeed(response) };
    return;
  }
  const contentTypeHeader = response.headers['content-type'];
  const { feeds } = await readLinks(once(response.body), { url, contentTypeHeader });
  const named = [...new Set(feeds.flatMap((feed) => tryCanonicalizeUrl(feed) ?? []))];
  for (const feed of named) {
    try {
      yield { url: feed, feed: await getFeed(feed, options) };
    } catch (error) {
      signal.throwIfAborted();
      tally.fail(feed, error);
      tried.push(error instanceof Error ? error.message : feed);
    }
  }
  if (named.length > 0) return;
  for (const path of WELL_KNOWN) {
    const guess = canonicalizeUrl(path, url);
    try {
      yield { url: guess, feed: await getFeed(guess, options) };
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!isSheafError(error) || isStoreFailure(error)) throw error;
      tried.push(`${guess}: no feed`);
    }
  }
}

async function getFeed(url: string, { web, signal }: MapByFeedOptions): Promise<ParsedFeed> {
  const response = await web.get(url, { signal, accept: ACCEPT });
  if (response.status !== 200) throw httpError(response);
  return readFeed(response);
}

async function readFeed({ body, headers, finalUrl }: WebResponse): Promise<ParsedFeed> {
  // Most maps read no feed.
  const { parseFeed } = await import('./parse-feed.ts');
  return parseFeed(decodeBody(body, { contentTypeHeader: headers['content-type'] }).text, finalUrl);
}

function httpError({ url, status }: WebResponse): Error {
  return mapErrors.create('http-error', { url, status }, { isRetryable: status >= 500 || status === 429 });
}

function isPage({ body, contentType, finalUrl }: WebResponse): boolean {
  if (sniffListing({ head: body.subarray(0, SNIFF_BYTES), contentType, url: finalUrl }) === 'feed') return false;
  return (
    /^\s*(?:<!doctype html|<html|<head|<meta)/i.test(decodeBody(body.subarray(0, 1_024)).text) ||
    contentType === 'text/html'
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
