import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { ExampleSite } from '@sheaf/example-site';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface RequestOptions {
  readonly method?: string;
  /** Default `site.sheaf.test`. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request with the target exactly as given, without following redirects or decoding anything. */
export function request(site: ExampleSite, target: string, options: RequestOptions = {}): Promise<Reply> {
  const { hostname, port } = new URL(site.address);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      hostname,
      port,
      path: target,
      method: options.method ?? 'GET',
      headers: { host: options.host ?? 'site.sheaf.test', ...options.headers },
      agent: false,
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const body = Buffer.concat(chunks);
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, body, text: body.toString('utf8') });
      });
    });
    outgoing.end();
  });
}
