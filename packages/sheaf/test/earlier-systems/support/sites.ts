import { createServer } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';

export interface SiteAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Default `text/html`. */
  readonly type?: string;
  readonly body?: string | Uint8Array;
  /** Hangs up instead. */
  readonly isBroken?: boolean;
}

/** A site under a name of its own. What it was not told to answer is a 404. */
export interface Site {
  readonly origin: string;
  /** Paths that were requested, without that of robots.txt. */
  readonly requests: readonly string[];
  serve(answers: Readonly<Record<string, SiteAnswer | string>>): void;
}

/** Any number of sites on loopback. */
export interface Sites {
  /** Leads every name there. */
  readonly lookup: LookupFunction;
  open(): Site;
  close(): Promise<void>;
}

export async function startSites(): Promise<Sites> {
  const sites = new Map<string, { readonly answers: Map<string, SiteAnswer>; readonly requests: string[] }>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const site = sites.get(request.headers.host ?? '');
    if (path !== '/robots.txt') site?.requests.push(path);
    const answer: SiteAnswer = site?.answers.get(path) ?? { status: 404 };
    const { status = 200, type = 'text/html', body = '', isBroken = false } = answer;
    if (isBroken) request.socket.destroy();
    else response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    lookup(_, { all }, callback) {
      const address = { address: '127.0.0.1', family: 4 };
      if (all === true) callback(null, [address]);
      else callback(null, address.address, address.family);
    },
    open() {
      const host = `site-${sites.size + 1}.example:${port}`;
      const [answers, requests] = [new Map<string, SiteAnswer>(), [] as string[]];
      sites.set(host, { answers, requests });
      return {
        origin: `http://${host}`,
        requests,
        serve(given) {
          for (const [path, answer] of Object.entries(given)) {
            answers.set(path, typeof answer === 'string' ? { body: answer } : answer);
          }
        },
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A page with a title and a text. */
export function page(title: string, text: string, head = ''): string {
  return `<!doctype html><html lang="en"><title>${title}</title>${head}<main><p>${text}</p></main></html>`;
}

export function sitemap(...urls: readonly string[]): SiteAnswer {
  const list = urls.map((url) => `<url><loc>${url.replaceAll('&', '&amp;')}</loc></url>`).join('');
  return { type: 'application/xml', body: `<urlset>${list}</urlset>` };
}

export function feedOf(...links: readonly string[]): SiteAnswer {
  const items = links.map((link) => `<item><title>An entry</title><link>${link}</link></item>`).join('');
  return {
    type: 'application/rss+xml',
    body: `<rss version="2.0"><channel><title>Feed</title>${items}</channel></rss>`,
  };
}
