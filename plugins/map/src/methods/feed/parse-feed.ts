import { parseFeed as parseWithFeedsmith } from 'feedsmith';
import { mapErrors } from '../../errors.ts';
import { plainText, singleSpaces } from '../../text/plain-text.ts';
import { readDate } from '../../text/read-date.ts';
import { InvalidListing } from '../sitemap/listing.ts';
import { createXmlListingReader } from '../sitemap/xml-listing.ts';

/** A document that a feed announces. */
interface FeedEntry {
  /** Absolute. */
  readonly url: string;
  readonly title?: string;
  readonly modifiedAt?: Date;
}

export interface ParsedFeed {
  readonly entries: readonly FeedEntry[];
  /** The page that the feed says it belongs to. */
  readonly homeUrl?: string;
}

/** An entry before its address is resolved. */
interface RawEntry {
  readonly href: string | undefined;
  readonly base?: string | undefined;
  readonly title?: string | undefined;
  readonly modified?: string | undefined;
}

interface RawFeed {
  readonly entries: readonly RawEntry[];
  readonly home?: string | undefined;
  readonly base?: string | undefined;
}

/**
 * Reads RSS, RDF, Atom or JSON Feed. What the strict parser refuses (broken XML, unknown versions) is read leniently.
 *
 * @throws `map.invalid-feed`.
 */
export function parseFeed(text: string, url: string): ParsedFeed {
  const { entries, home, base } = readStrictly(text) ?? readLeniently(text, url);
  const feedBase = resolve(base, url) ?? url;
  const homeUrl = resolve(home, feedBase);
  return {
    entries: entries.flatMap((entry) => toEntry(entry, feedBase)),
    ...(homeUrl === undefined ? {} : { homeUrl }),
  };
}

function toEntry({ href, base, title, modified }: RawEntry, feedBase: string): FeedEntry[] {
  const url = resolve(href, resolve(base, feedBase) ?? feedBase);
  if (url === undefined) return [];
  const modifiedAt = readDate(modified);
  const name = singleSpaces(title ?? '');
  return [{ url, ...(name === '' ? {} : { title: name }), ...(modifiedAt === undefined ? {} : { modifiedAt }) }];
}

function readStrictly(text: string): RawFeed | undefined {
  let parsed: ReturnType<typeof parseWithFeedsmith<string>>;
  try {
    parsed = parseWithFeedsmith<string>(text);
  } catch {
    return undefined;
  }
  switch (parsed.format) {
    case 'rss':
      return {
        home: parsed.feed.link,
        base: parsed.feed.xml?.base,
        entries: (parsed.feed.items ?? []).map((item) => ({
          href: item.link ?? permalink(item.guid) ?? alternate(item.atom?.links),
          base: item.xml?.base,
          title: item.title,
          modified: item.pubDate ?? item.dc?.dates?.[0],
        })),
      };
    case 'rdf':
      return {
        home: parsed.feed.link,
        entries: (parsed.feed.items ?? []).map((item) => ({
          href: item.link ?? item.rdf?.about,
          title: item.title,
          modified: item.dc?.dates?.[0],
        })),
      };
    case 'atom':
      return {
        home: alternate(parsed.feed.links),
        base: parsed.feed.xml?.base,
        entries: (parsed.feed.entries ?? []).map((entry) => ({
          href: alternate(entry.links) ?? webAddress(entry.id),
          base: entry.xml?.base,
          title: entry.title?.type === 'html' ? plainText(entry.title.value ?? '') : entry.title?.value,
          modified: entry.updated ?? entry.published,
        })),
      };
    case 'json':
      return {
        home: parsed.feed.home_page_url,
        entries: (parsed.feed.items ?? []).map((item) => ({
          href: item.url ?? webAddress(item.id),
          title: item.title,
          modified: item.date_modified ?? item.date_published,
        })),
      };
  }
}

function readLeniently(text: string, url: string): RawFeed {
  if (!text.trimStart().startsWith('<')) {
    throw mapErrors.create('invalid-feed', { url, reason: 'it is neither XML nor a JSON Feed' });
  }
  try {
    const reader = createXmlListingReader();
    const entries = [...reader.read(text), ...reader.end()];
    if (!reader.isFeed) throw new InvalidListing('it is a sitemap');
    return { entries };
  } catch (error) {
    if (!(error instanceof InvalidListing)) throw error;
    throw mapErrors.create('invalid-feed', { url, reason: error.message });
  }
}

type Link = {
  readonly href?: string | undefined;
  readonly rel?: string | undefined;
  readonly type?: string | undefined;
};

/** The page that an entry is about; where there are several, the HTML one. */
function alternate(links: readonly Link[] | undefined): string | undefined {
  const candidates = (links ?? []).filter(({ rel = 'alternate' }) => rel === 'alternate');
  return (candidates.find(({ type = 'text/html' }) => type.startsWith('text/html')) ?? candidates[0])?.href;
}

/** A guid is an address unless it says that it is none. */
function permalink(guid: { readonly value?: string; readonly isPermaLink?: boolean } | undefined): string | undefined {
  return guid?.isPermaLink === false ? undefined : webAddress(guid?.value);
}

function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text.trim()) ? text : undefined;
}

function resolve(href: string | undefined, base: string): string | undefined {
  const text = href?.trim();
  return text !== undefined && text !== '' && URL.canParse(text, base) ? new URL(text, base).href : undefined;
}
