import { Parser } from 'htmlparser2';
import { singleSpaces } from '../../text/plain-text.ts';
import { InvalidListing, type ListingEntry, type ListingReader, MAX_FIELD_LENGTH } from './listing.ts';

interface Format {
  /** The element around each entry. */
  readonly item: string;
  readonly kind: ListingEntry['kind'];
  readonly isFeed?: boolean;
}

/** By the local name of the root element, in lower case. */
const FORMATS: Readonly<Record<string, Format>> = {
  urlset: { item: 'url', kind: 'page' },
  sitemapindex: { item: 'sitemap', kind: 'sitemap' },
  rss: { item: 'item', kind: 'page', isFeed: true },
  rdf: { item: 'item', kind: 'page', isFeed: true },
  feed: { item: 'entry', kind: 'page', isFeed: true },
};

const DATES = new Set(['lastmod', 'pubdate', 'date', 'updated', 'published', 'modified']);

interface OpenElement {
  readonly name: string;
  readonly base: string | undefined;
  readonly isItem: boolean;
}

interface OpenField {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The depth of its element. */
  readonly level: number;
  text: string;
}

interface OpenItem {
  readonly level: number;
  /** The namespace prefix of the element; its fields have the same, so that `image:loc` is no `loc`. */
  readonly prefix: string;
  readonly fields: Map<string, string>;
  base: string | undefined;
}

export interface XmlListingReader extends ListingReader {
  /** Whether it is RSS, RDF or Atom; false until its root element is read. */
  readonly isFeed: boolean;
}

/**
 * Reads sitemaps, sitemap indexes, RSS, RDF and Atom. Broken XML gives what can be made out of it: a raw `&`, a missing
 * end tag or a cut-off file cost no more than the entry that they are in.
 */
export function createXmlListingReader(): XmlListingReader {
  const open: OpenElement[] = [];
  let format: Format | undefined;
  let item: OpenItem | undefined;
  let field: OpenField | undefined;
  let isEnding = false;
  let entries: ListingEntry[] = [];

  const finishItem = (): void => {
    if (item && format) {
      const entry = toEntry(item, format.kind);
      if (entry) entries.push(entry);
    }
    item = undefined;
    field = undefined;
  };
  const finishField = (): void => {
    // A field that the end of the file cuts off may be half an address.
    if (item && field && !isEnding) keepField(item, field);
    field = undefined;
  };

  const parser = new Parser(
    {
      onopentag(qualifiedName, attributes) {
        const { prefix, name } = splitName(qualifiedName);
        if (open.length === 0 && format === undefined) format = formatOf(name);
        const base = joinBase(open.at(-1)?.base, attributes['xml:base']);
        const isItem = name === format?.item && open.length > 0 && (item === undefined || item.prefix === prefix);
        // An entry inside an entry: the end tag of the first one is missing.
        if (isItem) finishItem();
        open.push({ name, base, isItem });
        if (isItem) {
          item = { level: open.length, prefix, fields: new Map(), base };
        } else if (item && open.length === item.level + 1 && (prefix === item.prefix || DATES.has(name))) {
          field = { name, attributes, level: open.length, text: '' };
          if (name === 'link' && attributes.href !== undefined) item.base = base;
        }
      },
      ontext(text) {
        if (field && field.text.length < MAX_FIELD_LENGTH) field.text += text;
      },
      onclosetag() {
        if (field && open.length === field.level) finishField();
        if (item && open.length === item.level) finishItem();
        open.pop();
      },
    },
    { xmlMode: true },
  );
  const take = (): ListingEntry[] => {
    const taken = entries;
    entries = [];
    return taken;
  };
  return {
    get isFeed() {
      return format?.isFeed === true;
    },
    read(text) {
      parser.write(text);
      return take();
    },
    end() {
      isEnding = true;
      parser.end();
      if (format === undefined) throw new InvalidListing('it holds no XML element');
      return take();
    },
  };
}

function formatOf(root: string): Format {
  const format = FORMATS[root];
  if (format) return format;
  throw new InvalidListing(root === 'html' ? 'it is an HTML page' : `its root element is <${root.slice(0, 50)}>`);
}

function splitName(qualifiedName: string): { readonly prefix: string; readonly name: string } {
  const colon = qualifiedName.indexOf(':');
  return { prefix: qualifiedName.slice(0, Math.max(colon, 0)), name: qualifiedName.slice(colon + 1).toLowerCase() };
}

function joinBase(outer: string | undefined, inner: string | undefined): string | undefined {
  if (inner === undefined || outer === undefined) return inner ?? outer;
  return URL.canParse(inner, outer) ? new URL(inner, outer).href : outer;
}

/** The first of each field counts. */
function keepField({ fields }: OpenItem, { name, attributes, text }: OpenField): void {
  const keep = (key: string, value: string): void => {
    if (value.trim() !== '' && !fields.has(key)) fields.set(key, value.trim());
  };
  if (name === 'link' && attributes.href !== undefined) {
    if ((attributes.rel ?? 'alternate') === 'alternate') keep('href', attributes.href);
  } else if (name === 'guid') {
    if (attributes.isPermaLink?.toLowerCase() !== 'false') keep('guid', text);
  } else {
    keep(name, text);
  }
}

function toEntry({ fields, base }: OpenItem, kind: ListingEntry['kind']): ListingEntry | undefined {
  const href =
    fields.get('loc') ??
    fields.get('href') ??
    fields.get('link') ??
    webAddress(fields.get('guid')) ??
    webAddress(fields.get('id'));
  if (href === undefined) return undefined;
  const title = fields.get('title');
  const modified = [...DATES].map((name) => fields.get(name)).find((date) => date !== undefined);
  return {
    kind,
    href,
    ...(base === undefined ? {} : { base }),
    ...(title === undefined ? {} : { title: singleSpaces(title) }),
    ...(modified === undefined ? {} : { modified }),
  };
}

function webAddress(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}
