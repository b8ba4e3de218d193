import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { webErrors } from './errors.ts';
import { createPublicLookup, isPublicAddress } from './public-address.ts';

export interface ConnectorOptions {
  /** Milliseconds to resolve, connect and shake hands. */
  readonly connectMs: number;
  readonly allowPrivate: boolean;
  /** By `host:port` in lower case, the `host:port` to connect to instead. */
  readonly connectTo: Readonly<Record<string, string>>;
  readonly lookup: LookupFunction | undefined;
}

/** Opens connections for undici: refuses addresses that are not public, and connects elsewhere where it was told to. */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const common = { timeout: options.connectMs, allowH2: false };
  const custom = options.lookup === undefined ? {} : { lookup: options.lookup };
  const openConnect = buildConnector({ ...common, ...custom });
  const publicConnect = buildConnector({ ...common, lookup: createPublicLookup(options.lookup) });
  const targets = new Map(
    Object.entries(options.connectTo).map(([from, to]) => [from.toLowerCase(), splitAddress(to)] as const),
  );
  return (request, callback) => {
    const hostname = withoutBrackets(request.hostname);
    const port = request.port || (request.protocol === 'https:' ? '443' : '80');
    const target = targets.get(`${request.hostname.toLowerCase()}:${port}`) ?? targets.get(`[${hostname}]:${port}`);
    if (target !== undefined) {
      // The operator named this address, so it may be private; certificates are checked against the original name.
      const serverName = request.protocol === 'https:' && isIP(hostname) === 0 ? { servername: hostname } : {};
      return openConnect({ protocol: request.protocol, ...target, ...serverName }, callback);
    }
    if (options.allowPrivate) return openConnect(request, callback);
    // Node connects to an IP address without a look-up, so that the guard there would not see it.
    if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) {
      queueMicrotask(() => callback(webErrors.create('private-address', { host: hostname, address: hostname }), null));
      return;
    }
    publicConnect(request, callback);
  };
}

function splitAddress(address: string): { readonly hostname: string; readonly port: string } {
  const [, hostname, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(address) ?? [];
  if (hostname === undefined || port === undefined) throw new TypeError(`"${address}" is not host:port.`);
  return { hostname: withoutBrackets(hostname), port };
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
