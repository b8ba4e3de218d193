import type { LookupFunction } from 'node:net';
import type { Clock, Logger } from '@sheaf/core';
import type { HostGateRepository } from '@sheaf/db';
import type { WebTimeouts } from './connection-error.ts';

export interface WebClientOptions {
  /** Who asks; robots.txt is read for the name before the first `/`. Default: Sheaf, its version and its home. */
  readonly userAgent?: string;
  readonly timeouts?: Partial<WebTimeouts>;
  /** The largest body in bytes, before and after decompression; default 10 MiB. */
  readonly maxBodyBytes?: number;
  /** Redirects followed for one request; default 5. */
  readonly maxRedirects?: number;
  /** Whether addresses that are not public may be connected to (your intranet, a test server); default false. */
  readonly allowPrivate?: boolean;
  /**
   * For `host:port`, the `host:port` to connect to instead; the request itself stays the same. Addresses given here may
   * be private. Hosts in lower case, ports always written out.
   */
  readonly connectTo?: Readonly<Record<string, string>>;
  /** The least milliseconds between two requests to one host; a longer crawl delay of the site wins. Default 250. */
  readonly minDelayMs?: number;
  /** The longest crawl delay of a site, in milliseconds, that is honoured in full; default 30,000. */
  readonly maxCrawlDelayMs?: number;
  /** Whether robots.txt decides what may be fetched; default true. */
  readonly respectRobots?: boolean;
  /** Requests open on one host at once; default 4. */
  readonly maxPerHost?: number;
  /** The longest time, in milliseconds, to wait for a host that asked for a pause; default 120,000. */
  readonly maxWaitMs?: number;
  /** Who may fetch from a host when; default: a gate of this client alone. */
  readonly gate?: HostGateRepository;
  /** How host names become addresses; default: the system's way. */
  readonly lookup?: LookupFunction;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** From 0 to 1, for jitter. */
  readonly random?: () => number;
}

export interface GetOptions {
  readonly signal?: AbortSignal;
  /**
   * Request headers. The client sets `User-Agent` and `Accept-Encoding` itself; `Authorization` and `Cookie` do not
   * follow a redirect to another origin.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** The entity tag of the copy at hand, sent as If-None-Match. */
  readonly etag?: string;
  /** The Last-Modified header of the copy at hand, sent as If-Modified-Since. */
  readonly lastModified?: string;
  /** The Accept header; default: HTML, then anything. */
  readonly accept?: string;
  /** Default: the client's. */
  readonly maxBodyBytes?: number;
  /** For what robots.txt does not govern: itself and the sitemaps it names. Pacing stays. */
  readonly skipRobots?: boolean;
  /** `bytes` (default) reads the whole body first; `stream` gives it as it comes. */
  readonly as?: 'bytes' | 'stream';
  /** Default true; otherwise a redirect is returned like any other response. */
  readonly followRedirects?: boolean;
}
