import { urlHost, type WebClient } from '@sheaf/web';
import type { Tally } from '../tally.ts';

/** What every method that reads the web works with. */
export interface WebMethodOptions {
  readonly web: WebClient;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** Whether documents on other hosts than the source's are registered too. */
  readonly allowExternal: boolean;
}

/** The hosts that belong to a source. A host stands for http and https alike. */
export interface OwnHosts {
  add(url: string): void;
  has(url: string): boolean;
}

export function createOwnHosts(...urls: readonly string[]): OwnHosts {
  const hosts = new Set(urls.map((url) => urlHost(url)));
  return {
    add: (url) => void hosts.add(urlHost(url)),
    has: (url) => hosts.has(urlHost(url)),
  };
}
