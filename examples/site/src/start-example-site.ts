import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isNotModified } from './conditional.ts';
import { createFindRoute } from './find-route.ts';
import { OTHER_HOST, OTHER_ORIGIN, SITE_HOST, SITE_ORIGIN } from './origins.ts';
import { type RenderedAnswer, renderFailure, renderRoute } from './render.ts';
import { createRequestLog, type SiteRequest } from './request-log.ts';
import { type ScenarioName, scenarioNamed } from './scenario.ts';
import { sendAnswer } from './send-answer.ts';
import { siteRoutes } from './site.ts';

/** How the example site is served. */
export interface ExampleSiteOptions {
  /** The loopback port. Default 0: a free one. */
  readonly port?: number;
  /** Default `initial`. */
  readonly scenario?: ScenarioName;
  /** How long the slow pages hold back, in milliseconds. Default 2000. */
  readonly slowMs?: number;
}

/** The running example site. */
export interface ExampleSite {
  /** The origin in the content, the same whatever the address: `http://site.sheaf.test`. */
  readonly origin: string;
  /** The origin of the neighbour that the site links to: `http://other.sheaf.test`. */
  readonly otherOrigin: string;
  /** Where the server really listens: `http://127.0.0.1:PORT`. */
  readonly address: string;
  /** What a client must connect to for each `host:port` of the content, like curl's `--connect-to`. */
  readonly connectTo: Readonly<Record<string, string>>;
  readonly scenario: ScenarioName;
  /** The latest 10,000 requests, oldest first. */
  readonly requests: readonly SiteRequest[];
  /**
   * Puts the site into a named state.
   *
   * @throws RangeError for a name that is not one of `scenarios`.
   */
  setScenario(name: ScenarioName): void;
  clearRequests(): void;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/**
 * Serves the example site on 127.0.0.1. The Host header chooses between the site and its neighbour; any other host is
 * answered by 421. A request in absolute form (`GET http://site.sheaf.test/`), as a client sends it to a proxy, is
 * answered like any other, so the address also works as an HTTP proxy in a browser.
 *
 * @throws RangeError for an unknown scenario, and the error of `listen` when the port is taken.
 */
export async function startExampleSite(options: ExampleSiteOptions = {}): Promise<ExampleSite> {
  let scenario = scenarioNamed(options.scenario ?? 'initial');
  const slowMs = options.slowMs ?? 2000;
  const log = createRequestLog(10_000);
  const findRoute = createFindRoute(siteRoutes);

  function answerTo(request: SiteTarget): RenderedAnswer {
    if (request.hostname !== SITE_HOST && request.hostname !== OTHER_HOST)
      return refusal(421, 'There is no such host here.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refusal(405, 'This site is for reading.', { allow: 'GET, HEAD' });
    const route = findRoute({ host: request.hostname, path: request.path });
    return route ? renderRoute(route, scenario) : renderFailure({ status: 404 });
  }

  const server = createServer((request, response) => {
    const target = targetOf(request);
    const answer = conditionally(answerTo(target), request);
    const { host, method, path } = target;
    log.add({ host, method, path, status: answer.status, at: Date.now(), headers: flatHeaders(request) });
    // A client that leaves, or a close() of ours, ends the answer; there is nobody left to tell.
    sendAnswer({ answer, request, response, slowMs }).catch(() => response.destroy());
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = `127.0.0.1:${port}`;

  return {
    origin: SITE_ORIGIN,
    otherOrigin: OTHER_ORIGIN,
    address: `http://${endpoint}`,
    connectTo: { [`${SITE_HOST}:80`]: endpoint, [`${OTHER_HOST}:80`]: endpoint },
    get scenario() {
      return scenario.name;
    },
    get requests() {
      return log.requests;
    },
    setScenario(name) {
      scenario = scenarioNamed(name);
    },
    clearRequests() {
      log.clear();
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface SiteTarget {
  /** As the client spelled it. */
  readonly host: string;
  /** Lower case, without a port. */
  readonly hostname: string;
  readonly method: string;
  readonly path: string;
}

function targetOf(request: IncomingMessage): SiteTarget {
  const method = request.method ?? 'GET';
  const absolute = /^http:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '/');
  const host = absolute?.[1] ?? request.headers.host ?? '';
  const path = absolute ? absolute[2] || '/' : (request.url ?? '/');
  return { host, hostname: host.toLowerCase().replace(/:\d*$/, ''), method, path };
}

function refusal(status: number, text: string, headers: Record<string, string> = {}): RenderedAnswer {
  const body = new TextEncoder().encode(`${text}\n`);
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body, isCompressed: false };
}

function conditionally(answer: RenderedAnswer, request: IncomingMessage): RenderedAnswer {
  const { etag, 'last-modified': lastModified } = answer.headers;
  const isUnchanged =
    answer.status === 200 &&
    isNotModified({
      ifNoneMatch: request.headers['if-none-match'],
      ifModifiedSince: request.headers['if-modified-since'],
      etag,
      lastModified,
    });
  if (!isUnchanged) return answer;
  const { 'content-type': _, ...headers } = answer.headers;
  return { ...answer, status: 304, headers, body: new Uint8Array() };
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
}
