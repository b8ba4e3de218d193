import { createHash } from 'node:crypto';
import type { DataRepositories, FrontierRepository } from '@sheaf/db';
import type { DiscoveryBatch, MapMethod } from './discovery.ts';
import type { Tally } from './tally.ts';
import type { UrlFilter } from './url-filter.ts';

export interface PreviewMapOptions {
  readonly documents: DataRepositories['documents'];
  /** In memory. */
  readonly frontier: FrontierRepository;
  readonly filter: UrlFilter;
  readonly limit: number | undefined;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly onProgress: (discovered: number) => void;
}

export interface MapPreview {
  readonly method: MapMethod | undefined;
  readonly discovered: number;
  /** Of those, documents that are registered already. */
  readonly known: number;
  readonly sample: readonly string[];
}

const SAMPLE_SIZE = 20;
/** Addresses looked up in one statement. */
const LOOKUP_SIZE = 500;

/** Counts what a map would register, and writes nothing. Of each address no more than a fingerprint is kept. */
export async function previewMap(
  batches: AsyncIterable<DiscoveryBatch>,
  { documents, frontier, filter, limit = Number.POSITIVE_INFINITY, tally, signal, onProgress }: PreviewMapOptions,
): Promise<MapPreview> {
  const seen = new Set<number>();
  const sample: string[] = [];
  let method: MapMethod | undefined;
  let known = 0;
  let discovered = 0;
  const lookUp = async (uris: readonly string[]): Promise<void> => {
    for (let start = 0; start < uris.length; start += LOOKUP_SIZE) {
      known += await documents.count({ uris: uris.slice(start, start + LOOKUP_SIZE) });
    }
  };
  for await (const batch of batches) {
    signal.throwIfAborted();
    method = batch.method;
    const found: string[] = [];
    for (const { uri } of batch.discoveries) {
      const mark = fingerprint(uri);
      if (seen.has(mark)) continue;
      seen.add(mark);
      if (!filter.accepts(uri)) {
        tally.filter();
        continue;
      }
      if (discovered >= limit) {
        tally.cut();
        await lookUp(found);
        return { method, discovered, known, sample };
      }
      discovered += 1;
      found.push(uri);
      if (sample.length < SAMPLE_SIZE) sample.push(uri);
    }
    await lookUp(found);
    await batch.settle?.(frontier);
    onProgress(discovered);
  }
  return { method, discovered, known, sample };
}

/** 48 bits: two addresses of a million meet once in some hundred runs, and cost a count of one. */
function fingerprint(uri: string): number {
  return createHash('sha256').update(uri).digest().readUIntBE(0, 6);
}
