import { decodeBody } from '@sheaf/web';
import { peekBytes } from './peek-bytes.ts';

/** Declarations of a charset stand in the first bytes of a document. */
const HEAD_BYTES = 4_096;

/**
 * Decodes a byte stream piece by piece, in the charset that its head or the header declares. What declares none is
 * UTF-8 if its head is, else windows-1252.
 */
export async function* decodeStream(
  source: AsyncIterable<Uint8Array>,
  contentTypeHeader: string | undefined,
): AsyncGenerator<string> {
  const { head, all } = await peekBytes(source, HEAD_BYTES);
  const { charset } = decodeBody(wholeCharacters(head), { contentTypeHeader });
  const decoder = new TextDecoder(charset);
  for await (const chunk of all) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Without a UTF-8 sequence that the end cuts off, which would make the head look like another charset. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
