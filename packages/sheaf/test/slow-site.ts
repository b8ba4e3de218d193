import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of a few pages that answers when it is told to. */
export interface SlowSite {
  readonly origin: string;
  /** From now on, requests for a path wait; gives when one has come. */
  hold(path: string): HeldPath;
  close(): Promise<void>;
}

export interface HeldPath {
  readonly requested: Promise<void>;
  /** Answers what waits and what comes. */
  release(): void;
}

/** Pages `/0` to `/<count - 1>`, listed in `/sitemap.xml`. */
export async function startSlowSite(count: number): Promise<SlowSite> {
  const held = new Map<string, { readonly came: () => void; readonly released: Promise<void> }>();
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    const hold = held.get(path);
    hold?.came();
    await hold?.released;
    answer(path, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pages = Array.from({ length: count }, (_, index) => `/${index}`);
  const answer = (path: string, response: ServerResponse): void => {
    if (path === '/sitemap.xml') {
      const urls = pages.map((page) => `<url><loc>${origin}${page}</loc></url>`).join('');
      response.setHeader('content-type', 'application/xml');
      response.end(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls}</urlset>`);
    } else if (pages.includes(path)) {
      response.setHeader('content-type', 'text/html');
      response.end(`<title>Page ${path}</title><main><p>The text of page ${path}, long enough to be kept.</p></main>`);
    } else {
      response.writeHead(404).end();
    }
  };
  return {
    origin,
    hold(path) {
      const requested = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.set(path, { came: requested.resolve, released: released.promise });
      return {
        requested: requested.promise,
        release() {
          held.delete(path);
          released.resolve();
        },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
