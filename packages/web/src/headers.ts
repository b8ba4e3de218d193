import type { IncomingHttpHeaders } from 'node:http';

/** Names in lower case; a header that came several times has its values joined by `, `. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface ContentType {
  /** Type and subtype in lower case: `text/html`. */
  readonly type: string;
  /** The charset label in lower case, as declared. */
  readonly charset: string | undefined;
}

/** `fromEntries` defines own properties, so that a header named `__proto__` is one too. */
export function plainHeaders(headers: IncomingHttpHeaders): ResponseHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** Reads a Content-Type header; undefined when it names no type. */
export function parseContentType(header: string | undefined): ContentType | undefined {
  const type = /^\s*([^\s;,/]+\/[^\s;,]+)/.exec(header ?? '')?.[1]?.toLowerCase();
  if (type === undefined) return undefined;
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|'?([^\s;,"']+))/i.exec(header ?? '') ?? [];
  return { type, charset: (quoted ?? plain)?.trim().toLowerCase() || undefined };
}

/** Milliseconds that a Retry-After header asks for (seconds or a date); undefined when it says nothing usable. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // `Date.parse` takes almost anything; the dates of HTTP begin with the day's name.
  const time = /^[a-z]{3,9},? /i.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime());
}

/** A header's text where a server sent UTF-8, which HTTP reads as Latin-1. */
export function headerAsUtf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? value : text;
}
