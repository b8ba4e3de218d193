import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createWebClient, type WebClient, type WebClientOptions } from '../src/index.ts';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Milliseconds of `performance.now()`. */
  readonly at: number;
}

export interface Site {
  readonly origin: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  readonly paths: readonly string[];
  /** How many connections were opened. */
  readonly connections: number;
}

export type Route = (response: ServerResponse, request: IncomingMessage) => void;

/** A site on loopback for one test. What it has no route for is 404, its robots.txt too. */
export async function startSite(routes: Readonly<Record<string, Route | string>>): Promise<Site> {
  const requests: SeenRequest[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, headers: request.headers, at: performance.now() });
    const route = routes[path.split('?', 1)[0] ?? ''];
    if (route === undefined) response.writeHead(404).end('not here');
    else if (typeof route === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(route);
    else route(response, request);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    get paths() {
      return requests.map(({ path }) => path);
    },
    get connections() {
      return connections;
    },
  };
}

/** A client for one test that may reach loopback and waits for nothing, unless told otherwise. */
export function startClient(options: WebClientOptions = {}): WebClient {
  const client = createWebClient({ allowPrivate: true, minDelayMs: 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

export const redirectTo =
  (location: string, status = 302): Route =>
  (response) =>
    response.writeHead(status, { location }).end();

/** The error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}

/** All text of an error: its own, its details and its causes. */
export function wholeText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = JSON.stringify(error, Object.getOwnPropertyNames(error).concat(Object.keys({ ...error })));
  return `${error.message} ${error.stack} ${own} ${JSON.stringify({ ...error })} ${error.cause ? wholeText(error.cause) : ''}`;
}
