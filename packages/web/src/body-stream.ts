import { Duplex, pipeline, type Readable } from 'node:stream';
import { decompressors, isDecompressionError } from './decompressors.ts';
import { webErrors } from './errors.ts';

/** A body as it comes in: decompressed and limited in size. It can be read once. */
export interface WebBodyStream extends AsyncIterable<Uint8Array> {
  /** Gives up what was not read and frees the connection. Safe to call at any time. */
  cancel(): Promise<void>;
}

export interface OpenBodyOptions {
  /** The bytes as they come from the connection. */
  readonly source: Readable;
  /** The Content-Length header as a number; NaN when there is none. */
  readonly declaredBytes: number;
  /** The Content-Encoding header. */
  readonly encoding: string | undefined;
  /** The largest size, in bytes, before and after decompression. */
  readonly maxBytes: number;
  /** Milliseconds that may be spent waiting for bytes in all; also how long the reader may leave the body alone. */
  readonly timeoutMs: number;
  /** As errors may show it. */
  readonly url: string;
  /** Makes an error of the connection a coded one. */
  readonly toError: (error: unknown) => unknown;
  /** Called once, when the connection is free again. */
  readonly onEnd: () => void;
}

const MAX_DRAIN_BYTES = 64 * 1024;
const MAX_DRAIN_MS = 1000;

const ignore = (): void => {};

/** Opens a body: `body-too-large`, `body-damaged` and `timeout` (body) end it, and so does leaving a loop over it. */
export function openBody(options: OpenBodyOptions): WebBodyStream {
  const { source, maxBytes, timeoutMs, url, toError } = options;
  const tail = decompress(options);
  const iterator = tail[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let received = 0;
  let waitBudgetMs = timeoutMs;
  let chunk: Uint8Array | undefined;
  let failure: unknown;
  let isEnded = false;

  const end = (error?: unknown): void => {
    clearTimeout(neglect);
    if (isEnded) return;
    isEnded = true;
    failure = error;
    tail.destroy();
    source.destroy();
    options.onEnd();
  };
  const endLate = (): void =>
    end(webErrors.create('timeout', { url, phase: 'body', timeoutMs }, { isRetryable: true }));
  // A body that nobody reads would keep its connection and its turn on the host for ever.
  let neglect = setTimeout(endLate, timeoutMs).unref();

  const damaged = (error: Error): unknown =>
    webErrors.create(
      'body-damaged',
      { url, encoding: options.encoding ?? '', reason: error.message },
      { cause: error, isRetryable: true },
    );

  const tooLarge = (): unknown => webErrors.create('body-too-large', { url, limit: maxBytes });

  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    clearTimeout(neglect);
    if (!isEnded) await advance();
    if (failure !== undefined) throw failure;
    const value = chunk;
    chunk = undefined;
    return value === undefined ? { done: true, value } : { done: false, value };
  };
  const advance = async (): Promise<void> => {
    if (options.declaredBytes > maxBytes) return end(tooLarge());
    const startedAt = performance.now();
    const late = setTimeout(endLate, waitBudgetMs);
    try {
      const result = await iterator.next();
      waitBudgetMs = Math.max(1, waitBudgetMs - (performance.now() - startedAt));
      if (isEnded) return;
      if (result.done) return end();
      received += result.value.byteLength;
      if (received > maxBytes) return end(tooLarge());
      chunk = result.value;
      neglect = setTimeout(endLate, timeoutMs).unref();
    } catch (error) {
      end(isDecompressionError(error) ? damaged(error) : toError(error));
    } finally {
      clearTimeout(late);
    }
  };
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
    }),
    cancel: async () => end(),
  };
}

/** Reads a body to its end. */
export async function readWhole(body: WebBodyStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export interface BodyStart {
  readonly bytes: Uint8Array;
  readonly isTruncated: boolean;
}

/** Reads no more than the first `maxBytes` of a body. */
export async function readStart(body: WebBodyStream, maxBytes: number): Promise<BodyStart> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    received += chunk.byteLength;
    if (received > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isTruncated: received > maxBytes };
}

/** Reads the rest of a body that nobody wants, if it is short and quick, so that its connection can be used again. */
export async function drainBody(body: WebBodyStream): Promise<void> {
  const late = setTimeout(() => void body.cancel(), MAX_DRAIN_MS);
  try {
    await readStart(body, MAX_DRAIN_BYTES);
  } catch {
    // The response has said what was wanted of it before its body failed.
  } finally {
    clearTimeout(late);
  }
}

/** The stream at the end of the decompressors; errors of any part reach it. */
function decompress({ source, encoding, maxBytes, url }: OpenBodyOptions): Readable {
  // An error may come when nobody is listening yet; whoever reads gets it from the iterator.
  source.on('error', ignore);
  const steps = decompressors(encoding);
  const tail = steps.at(-1);
  if (tail === undefined) return source;
  tail.on('error', ignore);
  // Decompressors ignore what follows the compressed data, so that the count of their output alone is no limit.
  const limit = Duplex.from(async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let received = 0;
    for await (const chunk of chunks) {
      received += chunk.byteLength;
      if (received > maxBytes) throw webErrors.create('body-too-large', { url, limit: maxBytes });
      yield chunk;
    }
  });
  pipeline([source, limit, ...steps], ignore);
  return tail;
}
