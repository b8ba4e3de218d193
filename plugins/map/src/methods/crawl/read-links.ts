import { Parser } from 'htmlparser2';
import { mapErrors } from '../../errors.ts';
import { decodeStream } from '../../text/decode-stream.ts';

/** A link of a page. */
export interface PageLink {
  /** Absolute. */
  readonly url: string;
  /** What `rel=nofollow` says is kept; whether an address may be read is for robots.txt to say. */
  readonly isNofollow: boolean;
}

export interface PageLinks {
  readonly links: readonly PageLink[];
  /** The feeds that the page announces, absolute. */
  readonly feeds: readonly string[];
  /** What ended the page early; the links before it are there. */
  readonly failure?: unknown;
}

export interface ReadLinksOptions {
  /** The page's address, after redirects. */
  readonly url: string;
  readonly contentTypeHeader?: string | undefined;
}

interface RawLink {
  readonly href: string;
  readonly isNofollow: boolean;
  readonly isFeed: boolean;
}

/** Without application/json, the older type of JSON Feed: pages name interfaces of all kinds by it. */
const FEED_TYPE = /^application\/(?:(?:rss|atom)\+xml|feed\+json)\b/i;

/** Each open element makes the next one slower: with millions of them a page would keep the process busy for hours. */
const MAX_DEPTH = 20_000;

/**
 * The links of an HTML page, in one pass over its bytes: `a`, `area`, and `link` with `rel` next, prev, or alternate
 * (translations and other forms of the page; feeds apart). `base` counts. A page that breaks off gives what came before.
 */
export async function readLinks(source: AsyncIterable<Uint8Array>, options: ReadLinksOptions): Promise<PageLinks> {
  const raw: RawLink[] = [];
  let base: string | undefined;
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > MAX_DEPTH) throw mapErrors.create('page-too-deep', { url: options.url, limit: MAX_DEPTH });
      const { href } = attributes;
      if (href === undefined) return;
      if (name === 'base') base ??= href;
      else if (name === 'a' || name === 'area')
        raw.push({ href, isNofollow: relOf(attributes).has('nofollow'), isFeed: false });
      else if (name === 'link') raw.push(...headLink(href, attributes));
    },
    onclosetag() {
      depth -= 1;
    },
  });
  let failure: unknown;
  try {
    for await (const text of decodeStream(source, options.contentTypeHeader)) parser.write(text);
  } catch (error) {
    failure = error;
  }
  if (depth <= MAX_DEPTH) parser.end();
  const baseUrl = base !== undefined && URL.canParse(base, options.url) ? new URL(base, options.url).href : options.url;
  const resolved = raw.flatMap((link) => resolve(link, baseUrl));
  return {
    links: resolved.filter(({ isFeed }) => !isFeed).map(({ url, isNofollow }) => ({ url, isNofollow })),
    feeds: [...new Set(resolved.filter(({ isFeed }) => isFeed).map(({ url }) => url))],
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Links of the head that lead to pages or feeds; not the canonical form, icons, stylesheets, or the AMP form. */
function headLink(href: string, attributes: Readonly<Record<string, string>>): RawLink[] {
  const rel = relOf(attributes);
  const isFeed = rel.has('alternate') && FEED_TYPE.test(attributes.type?.trim() ?? '');
  const isHtml = /^(?:text\/html\b|$)/i.test(attributes.type?.trim() ?? '');
  const isPage = rel.has('next') || rel.has('prev') || (rel.has('alternate') && isHtml && !rel.has('stylesheet'));
  return isFeed || isPage ? [{ href, isNofollow: rel.has('nofollow'), isFeed }] : [];
}

function relOf({ rel }: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(rel?.toLowerCase().split(/\s+/));
}

/** Only addresses of the web; a page's own address with a fragment is no link to elsewhere, but does no harm. */
function resolve({ href, ...rest }: RawLink, base: string): { url: string; isNofollow: boolean; isFeed: boolean }[] {
  const text = href.trim();
  if (!URL.canParse(text, base)) return [];
  const url = new URL(text, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? [{ ...rest, url: url.href }] : [];
}
