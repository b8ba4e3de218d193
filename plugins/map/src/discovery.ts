import type { FrontierRepository } from '@sheaf/db';

/** The ways to find documents. */
export const MAP_METHODS = ['sitemap', 'crawl', 'feed', 'folder'] as const;
export type MapMethod = (typeof MAP_METHODS)[number];

/** A document that a method has found. */
export interface Discovery {
  /** The canonical URI. */
  readonly uri: string;
  /** Links from the start; 0 for what a sitemap, feed or folder lists. */
  readonly depth: number;
  /** The page, sitemap or feed that names it; null for the start itself. */
  readonly foundAt: string | null;
  readonly title?: string | null;
  /** The last change as whoever names it states it. */
  readonly modifiedAt?: Date | null;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** What documents come from, as the data layer knows sources. */
export interface DiscoverySource {
  readonly kind: 'site' | 'feed' | 'folder';
  readonly uri: string;
}

/** Some discoveries of one source, with what must be written in the transaction that registers them. */
export interface DiscoveryBatch {
  readonly method: MapMethod;
  readonly source: DiscoverySource;
  readonly discoveries: readonly Discovery[];
  /** Notes how far the method has come, so that an interrupted one misses and repeats as little as possible. */
  readonly settle?: (frontier: FrontierRepository) => Promise<void>;
}

/** Gathers a stream of discoveries of one source into batches. */
export async function* inBatches(
  discoveries: AsyncIterable<Discovery>,
  { size, ...rest }: Pick<DiscoveryBatch, 'method' | 'source'> & { readonly size: number },
): AsyncGenerator<DiscoveryBatch> {
  let batch: Discovery[] = [];
  for await (const discovery of discoveries) {
    batch.push(discovery);
    if (batch.length < size) continue;
    yield { ...rest, discoveries: batch };
    batch = [];
  }
  if (batch.length > 0) yield { ...rest, discoveries: batch };
}
