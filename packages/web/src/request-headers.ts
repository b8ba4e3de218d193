import type { GetOptions } from './web-client-options.ts';

const HTML_FIRST = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** What identifies the user to one site must not be sent to another. */
const OF_ONE_ORIGIN: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

export interface RequestHeadersOptions {
  readonly get: GetOptions;
  /** The address of the first request, and the one that is requested now. */
  readonly start: URL;
  readonly url: URL;
}

/** The headers of one request, names in lower case. */
export function requestHeaders({ get, start, url }: RequestHeadersOptions): Record<string, string> {
  const given = Object.entries(get.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const allowed = given.filter(
    ([name]) => name !== 'host' && (start.origin === url.origin || !OF_ONE_ORIGIN.has(name)),
  );
  return {
    accept: HTML_FIRST,
    ...Object.fromEntries(allowed),
    ...(get.accept === undefined ? {} : { accept: get.accept }),
    ...(get.etag === undefined ? {} : { 'if-none-match': get.etag }),
    ...(get.lastModified === undefined ? {} : { 'if-modified-since': get.lastModified }),
  };
}
