import { tryCanonicalizeUrl } from '@sheaf/web';
import { collapse } from './collapse.ts';
import { isoDate } from './dates.ts';
import type { DocumentMetadata, MetadataSource, Sourced } from './extracted.ts';
import { type JsonLdFacts, readJsonLd } from './json-ld.ts';
import type { PageScan } from './scan-page.ts';

const MAX_DESCRIPTION = 2_000;
const MAX_AUTHORS = 20;

/** One place in which a value may stand. */
type Candidate<Value> = readonly [source: MetadataSource, value: Value | null | undefined];

/**
 * Ranks what a page says about itself: structured data first, then Open Graph, then plain `<meta>`, then what readers
 * see. A language is best known from the root element, which browsers go by.
 *
 * @param baseUrl - what a relative canonical link starts from
 */
export function readMetadata(scan: PageScan, baseUrl: string): Omit<DocumentMetadata, 'extractor'> {
  const facts: JsonLdFacts = readJsonLd(scan.jsonLd);
  const meta = (...names: readonly string[]): string | null => {
    for (const name of names) {
      const value = collapse(scan.meta.get(name)?.[0], MAX_DESCRIPTION);
      if (value !== null) return value;
    }
    return null;
  };
  const date = (text: string | null | undefined): string | undefined => (text ? isoDate(text) : undefined);
  const all = {
    title: best<string>(
      ['json-ld', collapse(facts.title)],
      ['open-graph', meta('og:title')],
      ['meta', meta('twitter:title', 'dc.title', 'dcterms.title', 'citation_title')],
      ['html', scan.title],
      ['heading', scan.heading],
    ),
    authors: best<readonly string[]>(
      ['json-ld', people(facts.authors)],
      ['open-graph', people(scan.meta.get('article:author'))],
      ['meta', people(scan.meta.get('author') ?? scan.meta.get('dc.creator') ?? scan.meta.get('citation_author'))],
    ),
    publishedAt: best<string>(
      ['json-ld', date(facts.published)],
      ['open-graph', date(meta('article:published_time', 'og:published_time'))],
      ['meta', date(meta('datepublished', 'date', 'dc.date', 'dcterms.created', 'dc.date.issued', 'citation_date'))],
    ),
    modifiedAt: best<string>(
      ['json-ld', date(facts.modified)],
      ['open-graph', date(meta('article:modified_time', 'og:updated_time'))],
      ['meta', date(meta('datemodified', 'last-modified', 'dcterms.modified', 'revised'))],
    ),
    description: best<string>(
      ['json-ld', collapse(facts.description, MAX_DESCRIPTION)],
      ['open-graph', meta('og:description')],
      ['meta', meta('description', 'twitter:description', 'dc.description', 'dcterms.description')],
    ),
    language: best<string>(
      ['html', languageTag(scan.language)],
      ['meta', languageTag(meta('content-language', 'dc.language', 'dcterms.language', 'language'))],
      ['json-ld', languageTag(facts.language)],
      ['open-graph', languageTag(meta('og:locale'))],
    ),
    siteName: best<string>(
      ['open-graph', meta('og:site_name')],
      ['json-ld', collapse(facts.siteName)],
      ['meta', meta('application-name', 'apple-mobile-web-app-title')],
    ),
    canonicalUri: best<string>(['html', scan.canonicalHref ? tryCanonicalizeUrl(scan.canonicalHref, baseUrl) : null]),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function best<Value>(...candidates: readonly Candidate<Value>[]): Sourced<Value> | undefined {
  for (const [source, value] of candidates) {
    if (value !== null && value !== undefined) return { value, source };
  }
  return undefined;
}

/** Names of people; an address of a profile, which Open Graph asks for, is none. */
function people(values: readonly string[] | undefined): readonly string[] | undefined {
  const names = (values ?? []).flatMap((value) => {
    const name = collapse(value, 200);
    return name === null || /^https?:\/\//i.test(name) ? [] : [name];
  });
  return names.length > 0 ? [...new Set(names)].slice(0, MAX_AUTHORS) : undefined;
}

/** A tag such as `en` or `pt-BR`, from what pages write: `en_US`, `DE`, a list. */
export function languageTag(text: string | null | undefined): string | undefined {
  const first = text?.split(/[,;\s]/)[0]?.replaceAll('_', '-') ?? '';
  try {
    return Intl.getCanonicalLocales(first)[0];
  } catch {
    return undefined;
  }
}
