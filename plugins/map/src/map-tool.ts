import { defineTool, type SheafError, type Tool, type ToolContext } from '@sheaf/core';
import type { ClaimedStep } from '@sheaf/db';
import type { SettledStep, StepOutcome } from '@sheaf/engine';
import { discover } from './discover.ts';
import type { MapMethod } from './discovery.ts';
import { displayMap } from './display-map.ts';
import { type MapInput, mapInput } from './map-input.ts';
import { type MapOutput, mapOutput } from './map-output.ts';
import { createMemoryFrontier } from './methods/crawl/memory-frontier.ts';
import type { MapNeeds } from './needs.ts';
import { BATCH_SIZE, type MapPluginOptions } from './options.ts';
import { previewMap } from './preview-map.ts';
import type { MapRepositories } from './ref.ts';
import { registerBatches } from './register-batches.ts';
import { type MapSource, readSource, sourceUri } from './source.ts';
import { createTally, type Tally } from './tally.ts';
import { createUrlFilter, type UrlFilter } from './url-filter.ts';

export type MapContext = ToolContext<MapRepositories, MapNeeds>;
export type MapTool = Tool<typeof mapInput, MapOutput, MapContext>;

const STEP_TYPE = 'map';
/** The name of what a dry run has no record of. */
const NO_RUN = 'dry-run';

export function createMapTool(options: MapPluginOptions): MapTool {
  return defineTool({
    summary: 'Find the documents of a site, feed or folder',
    effect: 'write',
    command: 'map',
    positionals: ['source'],
    input: mapInput,
    output: mapOutput,
    examples: [
      { input: { source: 'https://docs.example.com' }, summary: 'By the sitemaps of the site, or else by a crawl' },
      { input: { source: 'https://example.com', method: 'crawl', maxPages: 200 }, summary: 'By following links' },
      {
        input: { source: 'https://example.com', include: ['https://example.com/docs/*'], dryRun: true },
        summary: 'Show what would be found',
      },
      { input: { source: './handbook' }, summary: 'The documents in a folder' },
    ],
    display: displayMap,
    async run(context: MapContext, input: MapInput): Promise<MapOutput> {
      const source = await readSource(input.source, options.cwd ?? process.cwd());
      const job: MapJob = {
        context,
        input,
        source,
        filter: createUrlFilter(input),
        concurrency: options.concurrency ?? 4,
      };
      return input.dryRun ? preview(job) : map(job);
    },
  });
}

interface MapJob {
  readonly context: MapContext;
  readonly input: MapInput;
  readonly source: MapSource;
  readonly filter: UrlFilter;
  readonly concurrency: number;
}

async function preview({ context, input, source, filter, concurrency }: MapJob): Promise<MapOutput> {
  const { signal, needs, run } = context;
  const tally = createTally();
  // More entries than pages are of no use to a crawl that ends after so many pages.
  const frontier = createMemoryFrontier(input.maxPages);
  const batches = discover({
    source,
    input,
    filter,
    frontier,
    runId: NO_RUN,
    web: needs.web,
    tally,
    signal,
    batchSize: BATCH_SIZE,
    concurrency,
  });
  const { discovered, known, method, sample } = await previewMap(batches, {
    documents: needs.data.documents,
    frontier,
    filter,
    limit: input.limit,
    tally,
    signal,
    onProgress: (done) => run.progress({ phase: 'map', done }),
  });
  const counts = { discovered, new: discovered - known, known, gone: 0 };
  return toOutput({ runId: null, source, method, ...counts, sample, tally });
}

/** What the step of a map leaves for the output. */
interface MapFacts {
  readonly method: MapMethod | undefined;
  /** The sources that are known in full now. */
  readonly closable: readonly string[];
  readonly tally: Tally;
}

async function map(job: MapJob): Promise<MapOutput> {
  const { context, source } = job;
  const { data, engine } = context.needs;
  const { id: runId } = await context.run.open();
  // A process that died has left the run without a step, with an open one, or with nothing to do but to end it.
  if (!(await hasStep(context, runId))) {
    await data.steps.plan({ runId, type: STEP_TYPE, steps: [{ unit: sourceUri(source) }] });
  }
  let facts: MapFacts | undefined;
  let failure: SheafError | undefined;
  let gone = 0;
  await engine.work<MapFacts, MapRepositories, MapNeeds>({
    context,
    type: STEP_TYPE,
    runId,
    concurrency: 1,
    handle: (step, signal) => mapSource(job, step, signal),
    async save({ needs }, settled) {
      for (const one of settled) {
        ({ facts, failure } = outcomeOf(one));
        for (const sourceId of facts?.closable ?? []) {
          gone += (await needs.data.sources.closeMap({ sourceId, runId })).goneDocuments;
        }
      }
      await needs.data.frontier.clear(runId);
    },
  });
  if (failure) throw failure;
  const { total: discovered, new: fresh } = await context.repositories.results.counts(runId);
  const counts = { discovered, new: fresh, known: discovered - fresh, gone };
  const { method, tally } = facts ?? { method: await methodOf(context, runId), tally: createTally() };
  // Another process has finished the step: what it left out is not known here.
  if (!facts) tally.cut();
  return toOutput({ runId, source, method, ...counts, sample: [], tally });
}

/** Whether the step of the run waits, is under way or has completed; one that failed is planned anew. */
async function hasStep({ needs: { data } }: MapContext, runId: string): Promise<boolean> {
  const { open } = await data.steps.open({ type: STEP_TYPE, runIds: [runId] });
  return open > 0 || ((await data.runs.find(runId))?.items.completed ?? 0) > 0;
}

/** How a run has found its documents. */
async function methodOf({ repositories }: MapContext, runId: string): Promise<MapMethod | undefined> {
  return (await repositories.results.ofRun(runId, { limit: 1 })).items[0]?.method;
}

/** The work of the one step of a map. */
async function mapSource(
  { context, input, source, filter, concurrency }: MapJob,
  step: ClaimedStep,
  signal: AbortSignal,
): Promise<StepOutcome<MapFacts>> {
  const tally = createTally();
  const { needs } = context;
  const batches = discover({
    source,
    input,
    filter,
    frontier: needs.data.frontier,
    runId: step.runId,
    web: needs.web,
    tally,
    signal,
    batchSize: BATCH_SIZE,
    concurrency,
  });
  const limit = input.limit;
  const registration = { context, step, filter, limit, batchSize: BATCH_SIZE, tally, signal };
  const { method, sourceIds } = await registerBatches(batches, registration);
  for (const { url, code, message } of tally.errors) context.run.event('warning', message, { url, code });
  // Only who has seen everything can tell what is gone; a feed shows the newest alone.
  const isWhole = tally.isComplete && filter.isEmpty && method !== 'feed';
  return { status: 'completed', value: { method, closable: isWhole ? sourceIds : [], tally } };
}

function outcomeOf(settled: SettledStep<MapFacts>): { facts: MapFacts | undefined; failure: SheafError | undefined } {
  return settled.status === 'failed'
    ? { facts: undefined, failure: settled.error }
    : { facts: settled.value, failure: undefined };
}

interface ToOutputOptions extends Pick<MapOutput, 'runId' | 'discovered' | 'new' | 'known' | 'gone' | 'sample'> {
  readonly source: MapSource;
  readonly method: MapMethod | undefined;
  readonly tally: Tally;
}

function toOutput({ source, method, tally, ...rest }: ToOutputOptions): MapOutput {
  return {
    ...rest,
    source: sourceUri(source),
    method: method ?? (source.kind === 'folder' ? 'folder' : 'sitemap'),
    filtered: tally.filtered,
    skipped: { ...tally.skipped } as Record<string, number>,
    errors: tally.errors,
    errorCount: tally.errorCount,
    isComplete: tally.isComplete,
  };
}
