import type { ToolContext } from '@sheaf/core';
import { type ClaimedStep, dbErrors } from '@sheaf/db';
import type { Discovery, DiscoveryBatch, DiscoverySource, MapMethod } from './discovery.ts';
import type { MapNeeds } from './needs.ts';
import type { MapRepositories } from './ref.ts';
import type { Tally } from './tally.ts';
import { toResults } from './to-results.ts';
import type { UrlFilter } from './url-filter.ts';

export interface RegisterBatchesOptions {
  readonly context: ToolContext<MapRepositories, MapNeeds>;
  /** The claim on whose behalf is written: once it is lost, nothing is. */
  readonly step: ClaimedStep;
  readonly filter: UrlFilter;
  readonly limit: number | undefined;
  readonly batchSize: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

export interface RegisteredBatches {
  /** The one that found something, of those that were tried. */
  readonly method: MapMethod | undefined;
  readonly sourceIds: readonly string[];
}

/**
 * Registers what is found, one transaction a batch: documents, results, stages, and how far the method has come.
 *
 * @throws `db.lease-lost`, and what the method throws.
 */
export async function registerBatches(
  batches: AsyncIterable<DiscoveryBatch>,
  options: RegisterBatchesOptions,
): Promise<RegisteredBatches> {
  const { context, step, filter, limit = Number.POSITIVE_INFINITY, batchSize, tally, signal } = options;
  const sourceIds = new Map<string, string>();
  let recorded = (await context.repositories.results.counts(step.runId)).total;
  let method: MapMethod | undefined;
  for await (const batch of batches) {
    method = batch.method;
    let rest = wanted(batch.discoveries, filter, tally);
    do {
      signal.throwIfAborted();
      if (rest.length > 0 && recorded >= limit) {
        tally.cut();
        return { method, sourceIds: [...sourceIds.values()] };
      }
      const discoveries = rest.slice(0, Math.min(batchSize, limit - recorded));
      rest = rest.slice(discoveries.length);
      // How far the method has come is true when the last of its batch is written.
      const { settle, ...part } = { ...batch, discoveries };
      const written = await write(rest.length === 0 && settle ? { ...part, settle } : part, { ...options, sourceIds });
      recorded += written;
      context.run.progress({ phase: 'map', done: recorded, message: `${batch.method}: ${recorded} documents` });
    } while (rest.length > 0);
  }
  return { method, sourceIds: [...sourceIds.values()] };
}

/** Without what the filter leaves out, and each address once. */
function wanted(discoveries: readonly Discovery[], filter: UrlFilter, tally: Tally): readonly Discovery[] {
  const byUri = new Map<string, Discovery>();
  for (const discovery of discoveries) {
    if (byUri.has(discovery.uri)) continue;
    if (filter.accepts(discovery.uri)) byUri.set(discovery.uri, discovery);
    else tally.filter();
  }
  return [...byUri.values()];
}

/** Gives how many documents are new to the run. */
async function write(
  { method, source, discoveries, settle }: DiscoveryBatch,
  { context, step, sourceIds }: RegisterBatchesOptions & { readonly sourceIds: Map<string, string> },
): Promise<number> {
  if (discoveries.length === 0 && settle === undefined) return 0;
  const { runId } = step;
  return context.transaction(async ({ repositories, needs: { data } }) => {
    const [held] = await data.steps.hold([step]);
    if (held === undefined) throw dbErrors.create('lease-lost', { step: step.uri });
    let recorded = 0;
    if (discoveries.length > 0) {
      const sourceId = sourceIds.get(keyOf(source)) ?? (await data.sources.ensure(source)).id;
      const registered = await data.documents.register(discoveries.map(toCandidate), { sourceId, method, runId });
      const results = toResults(discoveries, registered, method);
      recorded = (await repositories.results.record(runId, results)).length;
      await data.stages.set(
        results.map(({ documentId }) => ({ documentId, stage: 'map', status: 'completed', runId })),
      );
      sourceIds.set(keyOf(source), sourceId);
    }
    await settle?.(data.frontier);
    return recorded;
  });
}

function keyOf({ kind, uri }: DiscoverySource): string {
  return `${kind} ${uri}`;
}

function toCandidate({ uri, title, foundAt }: Discovery): {
  uri: string;
  title: string | null;
  foundAt: string | null;
} {
  return { uri, title: title ?? null, foundAt };
}
