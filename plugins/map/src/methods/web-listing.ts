import { tryCanonicalizeUrl } from '@sheaf/web';
import type { Tally } from '../tally.ts';
import type { OwnHosts } from './web-method.ts';

export interface ListedUrlOptions {
  readonly href: string;
  /** What a relative `href` is relative to. */
  readonly base: string;
  readonly hosts: OwnHosts;
  readonly allowExternal: boolean;
  readonly tally: Tally;
}

/** The canonical URL of what a sitemap or feed lists; undefined, and counted, where it is not wanted. */
export function listedUrl({ href, base, hosts, allowExternal, tally }: ListedUrlOptions): string | undefined {
  const url = tryCanonicalizeUrl(href, base);
  if (url === undefined) {
    tally.skip('invalid-url');
    return undefined;
  }
  if (!allowExternal && !hosts.has(url)) {
    tally.skip('other-host');
    return undefined;
  }
  return url;
}
