import { type SniffedType, sniffType } from './sniff-type.ts';

/** The formats that text can be taken from. */
export type DocumentFormat = 'html' | 'markdown' | 'text' | 'json' | 'xml' | 'csv' | 'pdf';

export interface DecidedFormat {
  /** Undefined for a type that cannot be read. */
  readonly format: DocumentFormat | undefined;
  /** What the bytes are, as far as is known: type and subtype in lower case. */
  readonly mimeType: string;
}

export interface DecideFormatOptions {
  readonly bytes: Uint8Array;
  /** Type and subtype in lower case, as the header claims. */
  readonly contentType?: string | undefined;
  /** The charset that the header claims, in lower case. */
  readonly charset?: string | undefined;
}

const FORMATS: Readonly<Record<string, DocumentFormat>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'text/plain': 'text',
  'text/csv': 'csv',
  'text/tab-separated-values': 'text',
  'application/json': 'json',
  'text/json': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
};

const OF_SNIFFED: Readonly<Record<'html' | 'xml' | 'text', DecidedFormat>> = {
  html: { format: 'html', mimeType: 'text/html' },
  xml: { format: 'xml', mimeType: 'application/xml' },
  text: { format: 'text', mimeType: 'text/plain' },
};

/** Headers by which servers say that they do not know. */
const UNKNOWN_TYPES: ReadonlySet<string> = new Set([
  'application/octet-stream',
  'binary/octet-stream',
  'application/unknown',
  'unknown/unknown',
  'application/x-unknown-content-type',
]);

/**
 * Decides how to read bytes. The header says which kind of text it is; whether it is text at all, and whether it is a
 * PDF, the bytes say.
 */
export function decideFormat({ bytes, contentType, charset }: DecideFormatOptions): DecidedFormat {
  const sniffed: SniffedType = sniffType(bytes, charset?.startsWith('utf-16') ? { isUtf16: true } : {});
  if (sniffed.kind === 'binary') {
    const { mimeType } = sniffed;
    if (mimeType === 'application/pdf') return { format: 'pdf', mimeType };
    const isNamed = mimeType !== 'application/octet-stream' || contentType === undefined || isText(contentType);
    return { format: undefined, mimeType: isNamed ? mimeType : contentType };
  }
  if (contentType === undefined || UNKNOWN_TYPES.has(contentType)) return OF_SNIFFED[sniffed.kind];
  // An error page under the name of the PDF that it stands for.
  if (contentType === 'application/pdf' && sniffed.kind === 'html') return OF_SNIFFED.html;
  return { format: formatOf(contentType), mimeType: contentType };
}

function formatOf(contentType: string): DocumentFormat | undefined {
  const known = FORMATS[contentType];
  if (known) return known;
  // An SVG is XML, but a picture.
  if (contentType.startsWith('image/')) return undefined;
  if (contentType.endsWith('+json')) return 'json';
  if (contentType.endsWith('+xml')) return 'xml';
  return undefined;
}

function isText(contentType: string): boolean {
  return contentType.startsWith('text/') || formatOf(contentType) !== undefined;
}
