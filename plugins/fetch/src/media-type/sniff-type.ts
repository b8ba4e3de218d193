import { SIGNATURES } from './signatures.ts';

/** What bytes look like by themselves, whatever a header says of them. */
export type SniffedType =
  | { readonly kind: 'binary'; readonly mimeType: string }
  | { readonly kind: 'html' | 'xml' | 'text' };

/** How far the MIME Sniffing standard looks ("resource header"). */
const HEADER_BYTES = 1445;

/** Bytes that no text has in an encoding of the web ("binary data bytes" of the standard; ESC is in ISO-2022-JP). */
const isBinaryByte = (byte: number): boolean =>
  byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);

/** The tags by which the standard knows HTML. */
const HTML_START =
  /^(?:<!doctype html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>]|<!--)/i;

/** What may stand before the first tag: a byte order mark (read as Latin-1) and white space. */
const LEADING = /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*/;

export interface SniffOptions {
  /** The text is in two-byte units, which are full of zero bytes: the header says UTF-16. */
  readonly isUtf16?: boolean;
}

/**
 * Tells text from binary data, and HTML and XML from other text, by the first bytes. A cut of the WHATWG's MIME
 * Sniffing standard to what fetching documents needs.
 *
 * @example sniffType(new TextEncoder().encode('<!doctype html><p>Hi')) // { kind: 'html' }
 */
export function sniffType(bytes: Uint8Array, { isUtf16 = hasUtf16Mark(bytes) }: SniffOptions = {}): SniffedType {
  const header = bytes.subarray(0, HEADER_BYTES);
  const start = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
  const hasBinaryBytes = !isUtf16 && header.some(isBinaryByte);
  const signature = SIGNATURES.find(({ bytes: mark, offset = 0 }) => start.startsWith(mark, offset));
  // Two letters make no file of what is text otherwise; five that no text begins with do.
  if (signature && (hasBinaryBytes || signature.mimeType === 'application/pdf')) {
    return { kind: 'binary', mimeType: signature.mimeType };
  }
  const text = (isUtf16 ? start.replaceAll('\0', '').replace(/^(?:\xff\xfe|\xfe\xff)/, '') : start).replace(
    LEADING,
    '',
  );
  // A page stays a page with a stray zero byte in it.
  if (HTML_START.test(text)) return { kind: 'html' };
  if (hasBinaryBytes) return { kind: 'binary', mimeType: 'application/octet-stream' };
  return { kind: text.startsWith('<?xml') ? 'xml' : 'text' };
}

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}
