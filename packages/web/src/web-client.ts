import { silentLogger, systemClock } from '@sheaf/core';
import { type LinkedSignal, linkSignals } from './abort.ts';
import { createAdmission } from './admission.ts';
import { drainBody, readWhole } from './body-stream.ts';
import { parseRequestUrl } from './canonical-url.ts';
import { displayUrl } from './display-url.ts';
import { webErrors } from './errors.ts';
import { fetchRobots } from './fetch-robots.ts';
import { createMemoryHostGate } from './memory-host-gate.ts';
import { createPacer } from './pacer.ts';
import { followRedirects } from './redirects.ts';
import { requestHeaders } from './request-headers.ts';
import type { Robots } from './robots.ts';
import { createRobotsStore, MAX_ROBOTS_BYTES } from './robots-store.ts';
import { readSettings } from './settings.ts';
import { createTransport } from './transport.ts';
import { createVisitor, type VisitResponse } from './visitor.ts';
import type { GetOptions, WebClientOptions } from './web-client-options.ts';
import { describeResponse, type WebResponse, type WebStreamResponse } from './web-response.ts';

/** Fetches from the web as a good guest: paced, identified, within the site's rules and our limits. */
export interface WebClient {
  /** The User-Agent header that is sent. */
  readonly userAgent: string;
  /**
   * Requests an address. Whatever the site answers is returned, errors of its own (404, 500) too; what is thrown is
   * why there is no answer.
   *
   * @throws `web.robots-denied`, `web.robots-unavailable`, `web.private-address`, `web.redirect-loop`,
   *   `web.too-many-redirects`, `web.invalid-redirect`, `web.body-too-large`, `web.body-damaged`, `web.timeout`,
   *   `web.connection-failed`, `web.dns-failed`, `web.host-backing-off`, `web.invalid-url`, `web.url-too-long`,
   *   `web.canceled`.
   */
  get(url: string | URL, options: GetOptions & { readonly as: 'stream' }): Promise<WebStreamResponse>;
  get(url: string | URL, options?: GetOptions & { readonly as?: 'bytes' }): Promise<WebResponse>;
  /**
   * The robots.txt that governs an address.
   *
   * @throws `web.robots-unavailable` and what keeps its host from answering.
   */
  robots(url: string | URL): Promise<Robots>;
  /** Cancels what is under way and closes the connections. */
  close(): Promise<void>;
}

/**
 * Makes a web client. Close it when done.
 *
 * @throws `web.invalid-options` with all problems at once.
 * @example
 * const web = createWebClient();
 * const { status, body } = await web.get('https://example.com/');
 * await web.close();
 */
export function createWebClient(options: WebClientOptions = {}): WebClient {
  const settings = readSettings(options);
  const { userAgent, minDelayMs, maxRedirects } = settings;
  const { clock = systemClock, log = silentLogger, random = Math.random, lookup } = options;
  const { gate = createMemoryHostGate({ clock }) } = options;
  const lifetime = new AbortController();
  const linkToLifetime = (url: URL, signal?: AbortSignal): LinkedSignal =>
    linkSignals({
      sources: [signal, lifetime.signal],
      toReason: (cause) => webErrors.create('canceled', { url: displayUrl(url) }, { cause }),
    });
  const transport = createTransport({ ...settings, lookup });
  const pacer = createPacer({ ...settings, gate, random });
  const visit = createVisitor({ transport, pacer, clock });
  const robotsStore = createRobotsStore({
    gate,
    clock,
    log,
    fetchRobots: async (url) => {
      const { signal, release } = linkToLifetime(url);
      return fetchRobots({ url, visit, delayMs: minDelayMs, maxBytes: MAX_ROBOTS_BYTES, signal }).finally(release);
    },
  });
  const admit = createAdmission({ ...settings, robotsStore, log });

  async function get(url: string | URL, get: GetOptions & { readonly as: 'stream' }): Promise<WebStreamResponse>;
  async function get(url: string | URL, get?: GetOptions & { readonly as?: 'bytes' }): Promise<WebResponse>;
  async function get(given: string | URL, get: GetOptions = {}): Promise<WebResponse | WebStreamResponse> {
    const start = parseRequestUrl(given);
    const { signal, release } = linkToLifetime(start, get.signal);
    const { skipRobots = false, maxBodyBytes = settings.maxBodyBytes } = get;
    let networkMs = 0;
    // A caller's signal stays in force until the last body is read.
    let isStreaming = false;
    const onEnd = (): void => {
      if (isStreaming) release();
    };
    const visitHop = async (url: URL): Promise<VisitResponse> => {
      const delayMs = await admit({ url, skipRobots, signal });
      const headers = requestHeaders({ get, start, url });
      const response = await visit({ url, headers, maxBodyBytes, delayMs, signal, onEnd });
      networkMs += response.networkMs;
      return response;
    };
    try {
      signal.throwIfAborted();
      const { url, response, redirects } =
        get.followRedirects === false
          ? { url: start, response: await visitHop(start), redirects: [] }
          : await followRedirects({ start, maxRedirects, visit: visitHop, leave: ({ body }) => drainBody(body) });
      const fetchedAt = clock.now();
      const head = { url: String(given), finalUrl: url.href, redirects, fetchedAt };
      const { status, headers } = response;
      if (get.as === 'stream') {
        isStreaming = true;
        return { ...describeResponse({ ...head, status, headers, durationMs: networkMs }), stream: response.body };
      }
      const startedAt = performance.now();
      const body = await readWhole(response.body);
      const durationMs = networkMs + performance.now() - startedAt;
      return { ...describeResponse({ ...head, status, headers, durationMs }), body };
    } finally {
      if (!isStreaming) release();
    }
  }

  return {
    userAgent,
    get,
    robots: async (url) => robotsStore.load(parseRequestUrl(url)),
    async close() {
      lifetime.abort(new Error('The web client was closed.'));
      await transport.close();
    },
  };
}
