import type { Clock } from '@sheaf/core';
import { parseRetryAfter } from './headers.ts';
import type { Pacer } from './pacer.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

export interface VisitRequest extends Omit<TransportRequest, 'onEnd'> {
  /** Called once, when the body is read or cancelled; not called when the visit fails. */
  readonly onEnd?: () => void;
  /** Milliseconds between this request and the next on its host. */
  readonly delayMs: number;
}

export interface VisitResponse extends TransportResponse {
  /** Milliseconds until the site wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  /** Milliseconds on the network up to the end of the headers. */
  readonly networkMs: number;
}

export interface VisitorOptions {
  readonly transport: Transport;
  readonly pacer: Pacer;
  readonly clock: Clock;
}

/**
 * Requests one address when it is its host's turn; the turn lasts until the body is read or cancelled.
 *
 * @throws the signal's reason, `web.host-backing-off`, or what keeps the host from answering.
 */
export type Visit = (request: VisitRequest) => Promise<VisitResponse>;

export function createVisitor({ transport, pacer, clock }: VisitorOptions): Visit {
  return async ({ delayMs, onEnd, ...request }) => {
    const { host } = request.url;
    const endTurn = await pacer.takeTurn({ host, delayMs, signal: request.signal });
    try {
      const startedAt = performance.now();
      const response = await transport.send({
        ...request,
        onEnd: () => {
          endTurn();
          onEnd?.();
        },
      });
      const networkMs = performance.now() - startedAt;
      const retryAfterMs = parseRetryAfter(response.headers['retry-after'], clock.now());
      await pacer.noteAnswer({ host, status: response.status, retryAfterMs });
      return { ...response, retryAfterMs, networkMs };
    } catch (error) {
      endTurn();
      throw error;
    }
  };
}
