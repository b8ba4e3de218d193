import { mapErrors } from '../../errors.ts';
import { decodeStream } from '../../text/decode-stream.ts';
import { gunzipStream, isGunzipError } from './gunzip-stream.ts';
import { InvalidListing, type ListingEntry, type ListingReader } from './listing.ts';
import { createTextListingReader } from './text-listing.ts';
import { createXmlListingReader } from './xml-listing.ts';

/** What the protocol allows for one file, uncompressed. */
export const MAX_SITEMAP_BYTES: number = 50 * 1024 * 1024;

export interface ParseSitemapOptions {
  /** Where it comes from, for errors. */
  readonly url: string;
  /** The charset that the Content-Type header names. */
  readonly charset?: string | undefined;
  /** Bytes after decompression; default 50 MiB. */
  readonly maxBytes?: number;
}

/**
 * Reads the entries of a sitemap, a sitemap index, an RSS or Atom feed, or a plain list of addresses, gzip or not, as
 * the bytes come in. What could be read before an error is given before it is thrown.
 *
 * @throws `map.invalid-sitemap`, `map.sitemap-too-large`, and the errors of `source`.
 */
export async function* parseSitemap(
  source: AsyncIterable<Uint8Array>,
  { url, charset, maxBytes = MAX_SITEMAP_BYTES }: ParseSitemapOptions,
): AsyncGenerator<ListingEntry> {
  try {
    const bytes = limited(await gunzipStream(source), { url, maxBytes });
    // Servers name all kinds of content types; only the charset among them is worth anything.
    const contentTypeHeader = charset === undefined ? 'application/xml' : `application/xml; charset=${charset}`;
    let reader: ListingReader | undefined;
    for await (const text of decodeStream(bytes, contentTypeHeader)) {
      reader ??= readerFor(text);
      if (reader) yield* reader.read(text);
    }
    if (!reader) throw new InvalidListing('it is empty');
    yield* reader.end();
  } catch (error) {
    if (error instanceof InvalidListing) throw mapErrors.create('invalid-sitemap', { url, reason: error.message });
    if (isGunzipError(error)) {
      throw mapErrors.create(
        'invalid-sitemap',
        { url, reason: `its gzip data are damaged (${error.code})` },
        { cause: error },
      );
    }
    throw error;
  }
}

/** Undefined as long as there are only blanks. */
function readerFor(text: string): ListingReader | undefined {
  const start = text.trimStart();
  if (start === '') return undefined;
  return start.startsWith('<') ? createXmlListingReader() : createTextListingReader();
}

async function* limited(
  source: AsyncIterable<Uint8Array>,
  { url, maxBytes }: { readonly url: string; readonly maxBytes: number },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > maxBytes) throw mapErrors.create('sitemap-too-large', { url, limit: maxBytes });
    yield chunk;
  }
}
