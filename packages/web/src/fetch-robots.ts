import { drainBody, readStart } from './body-stream.ts';
import { followRedirects } from './redirects.ts';
import type { RobotsResponse } from './robots-store.ts';
import type { Visit } from './visitor.ts';

export interface FetchRobotsOptions {
  /** The address of the robots.txt. */
  readonly url: URL;
  readonly visit: Visit;
  readonly delayMs: number;
  /** The bytes to read; what a longer file has beyond them is ignored. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** RFC 9309 asks crawlers to follow so many redirects, to other hosts too. */
const MAX_REDIRECTS = 5;

/** Requests a robots.txt. The signal's reason and coded errors are thrown. */
export async function fetchRobots(options: FetchRobotsOptions): Promise<RobotsResponse> {
  const { visit, delayMs, maxBytes, signal } = options;
  const { response } = await followRedirects({
    start: options.url,
    maxRedirects: MAX_REDIRECTS,
    visit: (url) =>
      visit({
        url,
        headers: { accept: 'text/plain,*/*;q=0.8' },
        // The start of a longer file is read, so that its length is no error.
        maxBodyBytes: Number.POSITIVE_INFINITY,
        delayMs,
        signal,
      }),
    leave: ({ body }) => drainBody(body),
  });
  const { bytes, isTruncated } = await readStart(response.body, maxBytes);
  return { status: response.status, body: bytes, isTruncated, retryAfterMs: response.retryAfterMs };
}
