import { pour, type Route } from './bad-site.ts';

const HEADERS = { 'content-type': 'application/xml' };
const PER_PIECE = 1_000;

/** A sitemap of so many entries, made while it is sent. `prefix` begins its addresses; `tail` comes before its end. */
export function sitemapOf(count: number, prefix: string, tail: () => Iterable<string> = () => []): Route {
  return pour(function* () {
    yield '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">';
    for (let start = 0; start < count; start += PER_PIECE) {
      const numbers = Array.from({ length: Math.min(PER_PIECE, count - start) }, (_, index) => start + index);
      yield numbers.map((number) => `<url><loc>${prefix}/${number}</loc></url>`).join('\n');
    }
    yield* tail();
    yield '</urlset>';
  }, HEADERS);
}

/** Routes for an index at `/index.xml` of so many sitemaps with so many entries each. */
export function sitemapIndex(sitemaps: number, entries: number): Readonly<Record<string, Route>> {
  const parts = Array.from({ length: sitemaps }, (_, index) => `/part-${index}`);
  const index = pour(
    () => [`<sitemapindex>${parts.map((part) => `<sitemap><loc>${part}.xml</loc></sitemap>`).join('')}</sitemapindex>`],
    HEADERS,
  );
  return {
    '/index.xml': index,
    ...Object.fromEntries(parts.map((part) => [`${part}.xml`, sitemapOf(entries, part)])),
  };
}
