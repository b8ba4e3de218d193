import { parseWebUrl } from './canonical-url.ts';
import { groupFor, matchesPattern, normalizePattern, readRobotsText } from './robots-text.ts';

/** What a site's robots.txt says (RFC 9309). */
export interface Robots {
  /**
   * Whether the crawler may fetch the address. `userAgent` is its name or its whole User-Agent header. A URL of another
   * origin is not governed by this file, so that it does not forbid it.
   *
   * @throws `web.invalid-url`.
   */
  isAllowed(url: string | URL, userAgent: string): boolean;
  /** Seconds that the site asks the crawler to leave between two requests; undefined when it does not ask. */
  crawlDelay(userAgent: string): number | undefined;
  /** The absolute http and https addresses of the `Sitemap:` lines, in their order, each once. */
  readonly sitemaps: readonly string[];
}

/**
 * Reads a robots.txt. Nothing in it is an error: what cannot be understood is ignored, as RFC 9309 asks.
 *
 * @param robotsUrl the address of the file itself, against which relative sitemap addresses are resolved.
 * @throws `web.invalid-url` when `robotsUrl` is not a web address.
 * @example parseRobots('User-agent: *\nDisallow: /private', 'https://example.com/robots.txt')
 *   .isAllowed('https://example.com/private/page', 'Sheaf') // false
 */
export function parseRobots(text: string, robotsUrl: string | URL): Robots {
  const { origin, href } = parseWebUrl(robotsUrl);
  const { groups, sitemaps } = readRobotsText(text);
  // Sorted once for each crawler that asks; in practice that is one.
  const groupByAgent = new Map<string, ReturnType<typeof groupFor>>();
  const groupOf = (userAgent: string): ReturnType<typeof groupFor> => {
    const group = groupByAgent.get(userAgent) ?? groupFor(groups, userAgent);
    groupByAgent.set(userAgent, group);
    return group;
  };
  return {
    isAllowed(url, userAgent) {
      const target = parseWebUrl(url);
      if (target.origin !== origin || target.pathname === '/robots.txt') return true;
      const path = normalizePattern(target.pathname + target.search);
      const rule = groupOf(userAgent).rules.find(({ pattern }) => matchesPattern(pattern, path));
      return rule?.allows ?? true;
    },
    crawlDelay: (userAgent) => groupOf(userAgent).crawlDelaySeconds,
    sitemaps: [...new Set(sitemaps.flatMap((sitemap) => absoluteUrl(sitemap, href)))],
  };
}

function absoluteUrl(text: string, base: string): string[] {
  try {
    return [parseWebUrl(text, base).href];
  } catch {
    return [];
  }
}
