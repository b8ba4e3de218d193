import { decodeBody } from '@sheaf/web';
import { wholeCharacters } from '../text/decode-stream.ts';

/** What an answer is, as far as a map cares. */
export type ListingKind = 'sitemap' | 'feed' | 'page';

/** How many bytes of an answer tell. */
export const SNIFF_BYTES: number = 4_096;

export interface SniffListingOptions {
  readonly head: Uint8Array;
  /** In lower case, without parameters. */
  readonly contentType?: string | undefined;
  readonly url: string;
}

/** Tells a sitemap and a feed from any other answer by its first bytes: content types are often wrong. */
export function sniffListing({ head, contentType, url }: SniffListingOptions): ListingKind {
  if (head[0] === 0x1f && head[1] === 0x8b) return /\.(xml|txt)\.gz$/i.test(new URL(url).pathname) ? 'sitemap' : 'page';
  const text = decodeBody(wholeCharacters(head)).text.trimStart();
  if (text.startsWith('<')) return kindOfRoot(rootElement(text));
  if (text.startsWith('{')) return text.includes('jsonfeed.org/version') ? 'feed' : 'page';
  return contentType === 'text/plain' && /^https?:\/\/\S+\s*$/im.test(text.slice(0, text.search(/[\r\n]|$/)))
    ? 'sitemap'
    : 'page';
}

/** The local name of the first element, in lower case, after declarations, comments and blanks. */
function rootElement(text: string): string | undefined {
  const beginning = text.replace(/^(?:\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<![^>[]*(?:\[[^\]]*\])?[^>]*>)*/, '');
  return /^<(?:[\w.-]+:)?([\w.-]+)/.exec(beginning)?.[1]?.toLowerCase();
}

function kindOfRoot(root: string | undefined): ListingKind {
  if (root === 'urlset' || root === 'sitemapindex') return 'sitemap';
  return root === 'rss' || root === 'feed' || root === 'rdf' ? 'feed' : 'page';
}
