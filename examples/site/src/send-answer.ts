import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { RenderedAnswer } from './render.ts';

/** One answer on its way to one client. */
export interface SendAnswerOptions {
  readonly answer: RenderedAnswer;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** How long an answer with a delay holds back, in milliseconds. */
  readonly slowMs: number;
}

/**
 * Sends an answer: with its delay, compressed when the client accepts it, without a body for HEAD and 304.
 *
 * Rejects when the client leaves before the end.
 */
export async function sendAnswer({ answer, request, response, slowMs }: SendAnswerOptions): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  if (answer.delay === 'headers') await sleep(slowMs, undefined, { signal: gone.signal });

  const headers: Record<string, string> = { date: new Date().toUTCString(), ...answer.headers };
  const isPacked = answer.isCompressed && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (answer.isCompressed) headers.vary = 'accept-encoding';
  if (isPacked && answer.status === 200) headers['content-encoding'] = 'gzip';
  const hasBody = request.method !== 'HEAD' && answer.status !== 304;

  if (typeof answer.body === 'function') {
    response.writeHead(answer.status, headers);
    if (!hasBody) return void response.end();
    const source = Readable.from(answer.body(), { objectMode: false });
    return isPacked ? pipeline(source, createGzip(), response) : pipeline(source, response);
  }

  const body = isPacked ? gzipSync(answer.body) : answer.body;
  if (answer.status !== 304) headers['content-length'] = String(body.length);
  response.writeHead(answer.status, headers);
  if (!hasBody) return void response.end();
  if (answer.delay === 'body') {
    const half = body.length >> 1;
    response.write(body.subarray(0, half));
    await sleep(slowMs, undefined, { signal: gone.signal });
    response.end(body.subarray(half));
    return;
  }
  response.end(body);
}
