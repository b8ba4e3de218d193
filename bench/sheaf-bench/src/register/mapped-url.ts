import { contentHash, createId } from '@sheaf/core';

/** What a sitemap says of a page. */
export interface MappedUrl {
  readonly uri: string;
  readonly title: string;
  readonly foundAt: string;
  readonly modifiedAt: Date;
}

/** Everything that is written is of this moment. */
export const NOW: Date = new Date('2026-03-01T12:00:00.000Z');

const HOSTS = 7;
const PAGES_PER_SECTION = 200;

/** The pages of several hosts, one batch after the other: no more than one is ever in memory. */
export function* mappedUrls(count: number, batchSize: number): Generator<readonly MappedUrl[]> {
  for (let start = 0; start < count; start += batchSize) {
    yield Array.from({ length: Math.min(batchSize, count - start) }, (_, index) => mappedUrl(start + index));
  }
}

function mappedUrl(index: number): MappedUrl {
  const origin = `https://docs-${index % HOSTS}.example.com`;
  const section = Math.floor(index / HOSTS / PAGES_PER_SECTION);
  return {
    uri: `${origin}/handbook/section-${section}/how-to-do-the-thing-number-${index}.html`,
    title: `How to do the thing number ${index}`,
    foundAt: `${origin}/sitemap-${section}.xml`,
    modifiedAt: new Date(NOW.getTime() - (index % 1_000) * 3_600_000),
  };
}

/** The columns of a new document that whoever writes without the repository has to work out. */
export interface NewDocument extends MappedUrl {
  readonly id: string;
  readonly uriHash: string;
  readonly uriKey: string;
  readonly domain: string;
}

export function toDocument(url: MappedUrl): NewDocument {
  const { uri } = url;
  return {
    ...url,
    id: createId(),
    uriHash: contentHash(uri),
    uriKey: uri.slice(0, 200),
    domain: new URL(uri).hostname,
  };
}
