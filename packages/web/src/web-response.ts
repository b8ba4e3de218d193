import type { WebBodyStream } from './body-stream.ts';
import { parseContentType, parseRetryAfter, type ResponseHeaders } from './headers.ts';
import type { Redirect } from './redirects.ts';

export interface WebResponseHead {
  /** The address as it was asked for. */
  readonly url: string;
  /** The address that answered. */
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The site says that the copy at hand is current (304). */
  readonly notModified: boolean;
  /** Type and subtype in lower case: `text/html`. */
  readonly contentType?: string;
  /** The charset that the Content-Type header names, in lower case. */
  readonly charset?: string;
  readonly etag?: string;
  /** The Last-Modified header, as it came. */
  readonly lastModified?: string;
  /** Milliseconds until the site wants to be asked again. */
  readonly retryAfterMs?: number;
  readonly fetchedAt: Date;
  /** Milliseconds on the network, waiting for the host's turn not counted; for a stream up to its headers. */
  readonly durationMs: number;
}

export interface WebResponse extends WebResponseHead {
  /** Decompressed. */
  readonly body: Uint8Array;
}

export interface WebStreamResponse extends WebResponseHead {
  /** Decompressed; read it or cancel it. */
  readonly stream: WebBodyStream;
}

export interface DescribeResponseOptions {
  readonly url: string;
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly fetchedAt: Date;
  readonly durationMs: number;
}

/** Adds what the headers say. */
export function describeResponse(options: DescribeResponseOptions): WebResponseHead {
  const { headers, status, fetchedAt } = options;
  const contentType = parseContentType(headers['content-type']);
  const { etag, 'last-modified': lastModified } = headers;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], fetchedAt);
  return {
    ...options,
    notModified: status === 304,
    ...(contentType === undefined ? {} : { contentType: contentType.type }),
    ...(contentType?.charset === undefined ? {} : { charset: contentType.charset }),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
