import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { peekBytes } from '../../text/peek-bytes.ts';

/** Decompresses what begins like gzip, whatever its name and headers say; anything else passes as it is. */
export async function gunzipStream(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const { head, all } = await peekBytes(source, 2);
  return head[0] === 0x1f && head[1] === 0x8b ? gunzip(all) : all;
}

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decompressed = createGunzip();
  // Errors of either end come out of the loop below.
  pipeline(source, decompressed, () => {});
  try {
    yield* decompressed;
  } finally {
    decompressed.destroy();
  }
}

/** Whether an error says that the compressed data are damaged or cut off. */
export function isGunzipError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
}
