import type { Logger } from '@sheaf/core';
import { untilAborted } from './abort.ts';
import { displayUrl } from './display-url.ts';
import { webErrors } from './errors.ts';
import type { Robots } from './robots.ts';
import type { RobotsStore } from './robots-store.ts';
import { productToken } from './robots-text.ts';

export interface AdmissionOptions {
  readonly robotsStore: RobotsStore;
  readonly userAgent: string;
  readonly minDelayMs: number;
  readonly maxCrawlDelayMs: number;
  readonly respectRobots: boolean;
  readonly log: Logger;
}

export interface AdmissionRequest {
  readonly url: URL;
  readonly skipRobots: boolean;
  readonly signal: AbortSignal;
}

/**
 * Whether an address may be fetched; if so, the milliseconds to leave between it and the next request on its host.
 *
 * @throws `web.robots-denied`, `web.robots-unavailable`, and what keeps the host from answering.
 */
export type Admit = (request: AdmissionRequest) => Promise<number>;

export function createAdmission(options: AdmissionOptions): Admit {
  const { robotsStore, userAgent, minDelayMs, maxCrawlDelayMs, respectRobots, log } = options;
  const warned = new WeakSet<Robots>();
  const delayFor = (robots: Robots | undefined, { origin }: URL): number => {
    const askedMs = (robots?.crawlDelay(userAgent) ?? 0) * 1000;
    const usedMs = Math.max(minDelayMs, Math.min(askedMs, maxCrawlDelayMs));
    if (robots !== undefined && askedMs > usedMs && !warned.has(robots)) {
      warned.add(robots);
      log.warn('the crawl delay of a site is longer than the limit', { origin, askedMs, usedMs });
    }
    return usedMs;
  };
  return async ({ url, skipRobots, signal }) => {
    if (!respectRobots) return minDelayMs;
    if (skipRobots) return delayFor(await robotsStore.peek(url), url);
    const robots = await untilAborted(robotsStore.load(url), signal);
    if (!robots.isAllowed(url, userAgent)) {
      throw webErrors.create('robots-denied', { url: displayUrl(url), userAgent: productToken(userAgent) });
    }
    return delayFor(robots, url);
  };
}
