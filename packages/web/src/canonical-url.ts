import { isSheafError } from '@sheaf/core';
import { displayUrl } from './display-url.ts';
import { webErrors } from './errors.ts';
import { normalizeEscapes } from './percent-encoding.ts';

/** The longest canonical URL that is accepted, in characters. */
export const MAX_URL_LENGTH: number = 8192;

/**
 * The canonical form of a web address, which is a document's identity. Two addresses with one canonical form name the
 * same resource by the rules of URLs alone; nothing is guessed about a site (`/A` is not `/a`, `/a` is not `/a/`,
 * `?a&b` is not `?b&a`, `www.` stays).
 *
 * - Scheme and host in lower case, the host in its ASCII (IDN) form and without a final dot, no default port.
 * - No user name, password, fragment or empty `?`; an empty path is `/`; dot segments are resolved.
 * - Escapes of unreserved characters are decoded (`%7E` → `~`), others have upper-case digits, characters that may not
 *   stand raw in a URL are escaped as UTF-8, and a `%` that starts no escape becomes `%25`.
 *
 * Idempotent. A relative `input` needs a `base`.
 *
 * @throws `web.invalid-url` when it is not an http or https address; `web.url-too-long` above 8,192 characters.
 * @example canonicalizeUrl('HTTP://Example.COM:80/a/../%7Euser?#top') // 'http://example.com/~user'
 */
export function canonicalizeUrl(input: string | URL, base?: string | URL): string {
  const url = parseWebUrl(input, base);
  const canonical = `${url.protocol}//${url.host}${normalizeEscapes(url.pathname)}${normalizeEscapes(url.search)}`;
  refuseTooLong(canonical);
  return canonical;
}

/** `canonicalizeUrl`, or undefined where that throws. */
export function tryCanonicalizeUrl(input: string | URL, base?: string | URL): string | undefined {
  try {
    return canonicalizeUrl(input, base);
  } catch (error) {
    if (isSheafError(error, 'web.')) return undefined;
    throw error;
  }
}

/**
 * A web address as it is requested: path and query as given, but without what is never sent (user name, password,
 * fragment) and without the host's final dot.
 *
 * @throws `web.invalid-url`, `web.url-too-long`.
 */
export function parseRequestUrl(input: string | URL, base?: string | URL): URL {
  const url = parseWebUrl(input, base);
  refuseTooLong(url.href);
  return url;
}

/** `parseRequestUrl` for any length. */
export function parseWebUrl(input: string | URL, base?: string | URL): URL {
  let url: URL;
  try {
    url = new URL(input, base);
  } catch {
    // Node's own error is no cause here: it holds the input, password and all.
    const isRelative = base === undefined && URL.canParse(String(input), 'http://host.invalid/');
    throw invalidUrl(input, isRelative ? 'it has no scheme such as https://' : 'it cannot be parsed');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalidUrl(input, 'its scheme is not http or https');
  }
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.hostname.endsWith('.')) {
    // The setter parses the host again, so that what only now looks like a number becomes an IPv4 address.
    url.hostname = url.hostname.replace(/\.+$/, '');
    if (url.hostname.endsWith('.')) throw invalidUrl(input, 'its host name is not valid');
  }
  return url;
}

function invalidUrl(input: string | URL, reason: string): Error {
  return webErrors.create('invalid-url', { url: displayUrl(input), reason });
}

function refuseTooLong(url: string): void {
  if (url.length <= MAX_URL_LENGTH) return;
  throw webErrors.create('url-too-long', { url: displayUrl(url), length: url.length, limit: MAX_URL_LENGTH });
}
