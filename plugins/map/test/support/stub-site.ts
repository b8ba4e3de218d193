import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface StubAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Default `text/html; charset=utf-8`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Waits for it before it answers. */
  readonly until?: Promise<void>;
}

/** A site on loopback, of which each path's answer is told; every other path is a 404. */
export interface StubSite {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly answers: Map<string, StubAnswer>;
  /** The paths that were requested, in order. */
  readonly requests: string[];
  /** Answers open at once, at the most so far. */
  readonly peak: number;
  close(): Promise<void>;
}

/** What a path answers: a text is the body of a page. */
export type StubAnswers = Readonly<Record<string, StubAnswer | string>>;

/** A site that ends with the test; its answers may name its origin. */
export async function site(answers: StubAnswers | ((origin: string) => StubAnswers)): Promise<StubSite> {
  const started = await startStubSite();
  onTestFinished(() => started.close());
  const given = typeof answers === 'function' ? answers(started.origin) : answers;
  for (const [path, answer] of Object.entries(given)) {
    started.answers.set(path, typeof answer === 'string' ? { body: answer } : answer);
  }
  return started;
}

export async function startStubSite(): Promise<StubSite> {
  const answers = new Map<string, StubAnswer>();
  const requests: string[] = [];
  let open = 0;
  let peak = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/';
    requests.push(path);
    open += 1;
    peak = Math.max(peak, open);
    response.on('close', () => {
      open -= 1;
    });
    const answer = answers.get(path) ?? { status: 404, body: 'nothing here' };
    void Promise.resolve(answer.until).then(() => {
      response.writeHead(answer.status ?? 200, {
        'content-type': answer.type ?? 'text/html; charset=utf-8',
        ...answer.headers,
      });
      response.end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    answers,
    requests,
    get peak() {
      return peak;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A page that links to addresses. */
export function pageWith(...hrefs: readonly string[]): string {
  return `<!doctype html><title>A page</title>${hrefs.map((href) => `<a href="${href}">link</a>`).join('\n')}`;
}
