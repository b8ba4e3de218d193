import { Duplex, pipeline } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** What the client offers in Accept-Encoding. */
export const ACCEPTED_ENCODINGS: string = 'gzip, deflate, br';

/** More than this in one header is an attack. */
const MAX_ENCODINGS = 5;

// What has come in so far is given out at once; what ends too early is an error, or half a page would pass for a page.
const zlibOptions = { flush: constants.Z_SYNC_FLUSH };
const brotliOptions = { flush: constants.BROTLI_OPERATION_FLUSH };
const zstdOptions = { flush: constants.ZSTD_e_flush };

const FACTORIES: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => unlessEmpty(() => createGunzip(zlibOptions))],
  ['x-gzip', () => unlessEmpty(() => createGunzip(zlibOptions))],
  ['deflate', () => unlessEmpty(createEitherInflate)],
  ['br', () => unlessEmpty(() => createBrotliDecompress(brotliOptions))],
  ['zstd', () => unlessEmpty(() => createZstdDecompress(zstdOptions))],
]);

/**
 * The decompressors for a Content-Encoding header, in the order in which the bytes pass them. None for a body that is
 * not compressed or whose encoding is unknown: then the bytes are delivered as they came.
 */
export function decompressors(encoding: string | undefined): Duplex[] {
  const names = (encoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const factories = names.filter((name) => name !== '' && name !== 'identity').map((name) => FACTORIES.get(name));
  if (factories.length > MAX_ENCODINGS) return [];
  const known = factories.filter((factory) => factory !== undefined);
  return known.length === factories.length ? known.reverse().map((factory) => factory()) : [];
}

/** Whether an error came from a decompressor: the data is not what the header says. */
export function isDecompressionError(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^(Z_|ZSTD_|ERR__ERROR_|ERR_BROTLI|ERR_ZLIB)/.test(code);
}

/** Servers send both forms of deflate; the first byte tells them apart (RFC 1950: the low half is 8 with a header). */
function createEitherInflate([first = 0]: Uint8Array): Duplex {
  return (first & 0x0f) === 8 ? createInflate(zlibOptions) : createInflateRaw(zlibOptions);
}

/** An empty body is the compressed form of nothing to most servers, and to no decompressor. */
function unlessEmpty(create: (start: Uint8Array) => Duplex): Duplex {
  return Duplex.from(async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) return;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => iterator };
    };
    yield* pipeline(all, create(first.value), () => {});
  });
}
