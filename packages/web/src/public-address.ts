import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { webErrors } from './errors.ts';

/** What RFC 4291 calls global unicast; everything else of IPv6 is local, special or not assigned. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
/** NAT64 (RFC 6052): the last 32 bits are the IPv4 address that a gateway connects to. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/**
 * Whether an IP address is on the public Internet. Not public are, among others: private, loopback, link-local,
 * unique-local, carrier-grade NAT, multicast, unspecified, reserved and documentation addresses, tunnels (6to4,
 * Teredo), IPv4-mapped and NAT64 forms of IPv4 addresses that are not public, and what is no address at all.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
  if (parsed.match(NAT64)) return isPublicAddress(parsed.toByteArray().slice(-4).join('.'));
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast';
}

/**
 * Name resolution for connecting, without the addresses that are not public. The check is made on the very addresses
 * that are connected to, so that a name server cannot answer the check and the connection differently (DNS rebinding).
 */
export function createPublicLookup(lookup: LookupFunction = systemLookup as LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const all = Array.isArray(found) ? found : [];
      const open = all.filter(({ address }) => isPublicAddress(address));
      const [first] = open;
      if (first === undefined) {
        const address = all.map((entry) => entry.address).join(', ') || 'no address';
        return callback(webErrors.create('private-address', { host: hostname, address }), '');
      }
      if (options.all) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
}
