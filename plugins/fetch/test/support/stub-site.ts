import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Default `text/html; charset=utf-8`. */
  readonly type?: string;
  /** Sent, and answered by 304 when it comes back. */
  readonly etag?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Waits for it before it answers. */
  readonly until?: Promise<unknown>;
}

export type StubAnswers = Readonly<Record<string, StubAnswer | StubAnswer[] | string>>;

export interface StubRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** A site on loopback, of which each path's answer is told (a list: one after the other); other paths are a 404. */
export interface StubSite {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly answers: Map<string, StubAnswer | StubAnswer[]>;
  /** Adds answers; a text is the body of a page. */
  serve(answers: StubAnswers): void;
  /** Requests in order, without those of robots.txt. */
  readonly requests: StubRequest[];
  readonly paths: readonly string[];
  /** Requests open at once, at the most so far. */
  readonly peak: number;
  close(): Promise<void>;
}

export async function startStubSite(): Promise<StubSite> {
  const answers = new Map<string, StubAnswer | StubAnswer[]>();
  const requests: StubRequest[] = [];
  let open = 0;
  let peak = 0;
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path !== '/robots.txt') requests.push({ path, headers: request.headers });
    open += 1;
    peak = Math.max(peak, open);
    response.on('close', () => {
      open -= 1;
    });
    const found = answers.get(path);
    const answer = (Array.isArray(found) ? (found.length > 1 ? found.shift() : found[0]) : found) ?? { status: 404 };
    await answer.until;
    const isKnown = answer.etag !== undefined && request.headers['if-none-match'] === answer.etag;
    response.writeHead(isKnown ? 304 : (answer.status ?? 200), {
      'content-type': answer.type ?? 'text/html; charset=utf-8',
      ...(answer.etag === undefined ? {} : { etag: answer.etag }),
      ...answer.headers,
    });
    response.end(isKnown ? undefined : (answer.body ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    serve(added) {
      for (const [path, answer] of Object.entries(added)) {
        answers.set(path, typeof answer === 'string' ? { body: answer } : answer);
      }
    },
    requests,
    get paths() {
      return requests.map(({ path }) => path);
    },
    get peak() {
      return peak;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page with a title and a text. */
export function page(title: string, text: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><title>${title}</title>${head}</head><body><main><p>${text}</p></main></body></html>`;
}
