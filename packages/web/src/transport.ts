import type { LookupFunction } from 'node:net';
import type { Agent } from 'undici';
import { openBody, type WebBodyStream } from './body-stream.ts';
import { toWebError, type WebTimeouts } from './connection-error.ts';
import { ACCEPTED_ENCODINGS } from './decompressors.ts';
import { displayUrl } from './display-url.ts';
import { plainHeaders, type ResponseHeaders } from './headers.ts';

export interface TransportOptions {
  readonly userAgent: string;
  readonly timeouts: WebTimeouts;
  /** Requests, and so connections, open on one host at once. */
  readonly maxPerHost: number;
  readonly allowPrivate: boolean;
  readonly connectTo: Readonly<Record<string, string>>;
  readonly lookup: LookupFunction | undefined;
}

export interface TransportRequest {
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
  /** Called once, when the connection is free again; not called when `send` fails. */
  readonly onEnd: () => void;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: WebBodyStream;
}

/** One GET request over the network and its response, with limits; no redirects, no robots, no pacing. */
export interface Transport {
  /** @throws the signal's reason, or a coded error. */
  send(request: TransportRequest): Promise<TransportResponse>;
  close(): Promise<void>;
}

export function createTransport(options: TransportOptions): Transport {
  const { timeouts, userAgent } = options;
  let opening: Promise<Agent> | undefined;
  // Most commands request nothing: undici comes with the first request.
  const open = async (): Promise<Agent> => {
    const [{ Agent }, { createConnector }] = await Promise.all([import('undici'), import('./connector.ts')]);
    return new Agent({
      allowH2: false,
      connect: createConnector({ ...options, connectMs: timeouts.connectMs }),
      // A connection is free again a moment after its response; without a limit each request would open another.
      connections: options.maxPerHost,
      headersTimeout: timeouts.headersMs,
      // The body's time is measured where it is read, since undici would count the reader's time too.
      bodyTimeout: 0,
    });
  };
  return {
    async send({ url, headers, maxBodyBytes, signal, onEnd }) {
      const toError = (error: unknown): unknown => (signal.aborted ? signal.reason : toWebError(error, url, timeouts));
      try {
        opening ??= open();
        const agent = await opening;
        const response = await agent.request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'GET',
          headers: { ...headers, 'user-agent': userAgent, 'accept-encoding': ACCEPTED_ENCODINGS },
          signal,
        });
        const responseHeaders = plainHeaders(response.headers);
        return {
          status: response.statusCode,
          headers: responseHeaders,
          body: openBody({
            source: response.body,
            declaredBytes: Number(responseHeaders['content-length']),
            encoding: responseHeaders['content-encoding'],
            maxBytes: maxBodyBytes,
            timeoutMs: timeouts.bodyMs,
            url: displayUrl(url),
            toError,
            onEnd,
          }),
        };
      } catch (error) {
        throw toError(error);
      }
    },
    async close() {
      await (await opening)?.destroy();
    },
  };
}
