import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Route = (response: ServerResponse, request: IncomingMessage) => void;

/** A site on the loopback interface whose answers are as bad as a test wants them. */
export interface BadSite {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** The paths that were asked for, in order. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/** What has no route is a 404; a route that is a text is an HTML page. */
export async function startBadSite(routes: Readonly<Record<string, Route | string>>): Promise<BadSite> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    paths.push(path);
    const route = routes[path] ?? answer('nothing here', { status: 404 });
    if (typeof route === 'string') answer(route)(response, request);
    else route(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    paths,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface AnswerOptions {
  /** Default 200. */
  readonly status?: number;
  /** Default `text/html; charset=utf-8`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function answer(body: string | Uint8Array, { status = 200, type, headers }: AnswerOptions = {}): Route {
  return (response) =>
    void response.writeHead(status, { 'content-type': type ?? 'text/html; charset=utf-8', ...headers }).end(body);
}

/** Answers with bytes that are no well-formed HTTP, or less of it than was promised; then hangs up. */
export function raw(text: string): Route {
  return (response) => void response.socket?.end(text);
}

/** Sends pieces as fast as they are taken, until there are none left or nobody listens. */
export function pour(pieces: () => Iterable<string | Uint8Array>, headers: Readonly<Record<string, string>>): Route {
  return async (response) => {
    response.writeHead(200, headers);
    for (const piece of pieces()) {
      if (response.destroyed) return;
      if (!response.write(piece)) await untilWritable(response);
    }
    response.end();
  };
}

function untilWritable(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.once('drain', go).once('close', go);
  });
}
