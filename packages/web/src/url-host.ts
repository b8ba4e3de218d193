import { getDomain } from 'tldts';
import { parseWebUrl } from './canonical-url.ts';

/**
 * The host of a web address as pacing names it: lower-case `hostname`, or `hostname:port` for a port that is not the
 * scheme's own.
 *
 * @throws `web.invalid-url`.
 */
export function urlHost(url: string | URL): string {
  return parseWebUrl(url).host;
}

/**
 * The registrable domain by the public suffix list, private suffixes included: `docs.example.co.uk` gives
 * `example.co.uk`, `someone.github.io` stays as it is. Where there is none (an IP address, `localhost`, a public
 * suffix itself) it is the host name.
 *
 * @throws `web.invalid-url`.
 */
export function registrableDomain(url: string | URL): string {
  const { hostname } = parseWebUrl(url);
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
