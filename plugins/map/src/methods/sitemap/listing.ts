/** An entry of a sitemap or feed, as it is written there. */
export interface ListingEntry {
  readonly kind: 'page' | 'sitemap';
  /** Absolute or relative, entities decoded. */
  readonly href: string;
  /** What a relative `href` is relative to, where the file says so (`xml:base`). */
  readonly base?: string;
  readonly title?: string;
  readonly modified?: string;
}

/** Reads one kind of listing piece by piece. */
export interface ListingReader {
  /** Gives the entries that this piece completes. */
  read(text: string): ListingEntry[];
  /** Gives what the end completes. @throws InvalidListing when nothing of it was a listing. */
  end(): ListingEntry[];
}

/** Thrown by readers for what is no listing; the reason completes the sentence "it is no sitemap: …". */
export class InvalidListing extends Error {
  override readonly name = 'InvalidListing';
}

/** The most characters of an address or title that are looked at; no address may be this long. */
export const MAX_FIELD_LENGTH = 16_384;
