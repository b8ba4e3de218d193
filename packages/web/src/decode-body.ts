import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import htmlEncodingSniffer from 'html-encoding-sniffer';
import { parseContentType } from './headers.ts';

export interface DecodeBodyOptions {
  /** The response's Content-Type header. */
  readonly contentTypeHeader?: string | undefined;
}

export interface DecodedBody {
  readonly text: string;
  /** The encoding that was used, by its WHATWG name in lower case: `utf-8`, `windows-1252`, `shift_jis`. */
  readonly charset: string;
}

/** Browsers look at 1,024 bytes; many pages declare their charset a little later. */
const MAX_PRESCAN_BYTES = 4096;

/**
 * Decodes a body as browsers do: by its byte order mark, the header's charset, or what the document declares itself
 * (`<meta charset>`, an XML declaration). What declares nothing is UTF-8 if it is valid UTF-8, else windows-1252.
 * Bytes that are wrong in the encoding become U+FFFD; it never throws.
 */
export function decodeBody(body: Uint8Array, { contentTypeHeader }: DecodeBodyOptions = {}): DecodedBody {
  const { type, charset } = parseContentType(contentTypeHeader) ?? { type: undefined, charset: undefined };
  const declared = charset === undefined ? {} : { transportLayerEncodingLabel: charset };
  const fallback = { defaultEncoding: isUtf8(body) ? 'UTF-8' : 'windows-1252' };
  const isXml = type !== undefined && /[/+]xml$/.test(type) && type !== 'application/xhtml+xml';
  const isMarkup = type === undefined || type === 'text/html' || type === 'application/xhtml+xml';
  const name = isXml
    ? htmlEncodingSniffer(body, { ...declared, xml: true })
    : // What is no markup cannot declare its charset inside.
      htmlEncodingSniffer(body, { ...declared, ...fallback, maxPrescanBytes: isMarkup ? MAX_PRESCAN_BYTES : 0 });
  const decoder = createDecoder(name);
  return { text: decoder.decode(body), charset: decoder.encoding };
}

function createDecoder(name: string): TextDecoder {
  try {
    return new TextDecoder(name);
  } catch {
    // Two names of the standard have no decoder: `replacement` and `x-user-defined`.
    return new TextDecoder('windows-1252');
  }
}
