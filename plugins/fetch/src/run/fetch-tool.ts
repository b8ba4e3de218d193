import { defineTool, type Tool } from '@sheaf/core';
import type { FetchContext, FetchNeeds, FetchRepositories } from '../needs.ts';
import type { FetchSettings } from '../options.ts';
import { fetchDocument } from '../step/fetch-document.ts';
import type { Fetched } from '../step/fetched.ts';
import { saveFetched } from '../step/save-fetched.ts';
import { createBatchLoader } from './batch-loader.ts';
import { displayFetch } from './display-fetch.ts';
import { type FetchInput, fetchInput } from './fetch-input.ts';
import { type FetchOutput, fetchOutput } from './fetch-output.ts';
import { planDocuments, STEP_TYPE } from './plan-documents.ts';
import { type NamedDocuments, nameDocuments, selectionOf } from './select-documents.ts';
import { changesOf, summarizeRun } from './summarize-run.ts';

export type FetchTool = Tool<typeof fetchInput, FetchOutput, FetchContext>;

export function createFetchTool(settings: FetchSettings): FetchTool {
  return defineTool({
    summary: 'Fetch the documents that wait to be fetched',
    effect: 'write',
    command: 'fetch',
    positionals: ['url'],
    input: fetchInput,
    output: fetchOutput,
    examples: [
      { input: {}, summary: 'All that wait' },
      { input: { url: ['https://docs.example.com/guide'] }, summary: 'One page, now' },
      { input: { include: ['*/guide/*'], limit: 100 }, summary: 'A hundred pages of one part of a site' },
      { input: { refetch: true }, summary: 'All again, to see what has changed' },
      { input: { retryFailed: true }, summary: 'What waits, and what has failed before' },
    ],
    display: displayFetch,
    async run(context: FetchContext, input: FetchInput): Promise<FetchOutput> {
      const startedAt = context.clock.now();
      const { documents } = context.needs.data;
      const named = await nameDocuments({ input, documents });
      const selection = selectionOf(input, named);
      const elapsed = (): number => Math.max(0, context.clock.now().getTime() - startedAt.getTime());
      if (input.dryRun) {
        const planned = (await documents.count(selection)) + countNew(input, named);
        return { ...NOTHING, planned: Math.min(planned, input.limit ?? planned), durationMs: elapsed() };
      }
      // No record is made of having found nothing to do.
      const first = await documents.identities({ ...selection, limit: 1 });
      if (first.items.length === 0) return { ...NOTHING, durationMs: elapsed() };
      const done = await fetchSelected({ context, input, settings, selection, startedAt });
      return { ...done, durationMs: elapsed() };
    },
  });
}

const NOTHING: FetchOutput = {
  runId: null,
  planned: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  unfinished: 0,
  changes: changesOf(() => 0),
  retried: 0,
  errors: [],
  errorCounts: {},
  bytes: 0,
  durationMs: 0,
  isResumed: false,
  inProgressElsewhere: 0,
};

/** Addresses that a fetch would register; what else selects documents cannot be known of them. */
function countNew({ status }: FetchInput, named: NamedDocuments | undefined): number {
  return status === undefined || status.includes('pending') ? (named?.newUris.length ?? 0) : 0;
}

interface FetchSelectedOptions {
  readonly context: FetchContext;
  readonly input: FetchInput;
  readonly settings: FetchSettings;
  readonly selection: ReturnType<typeof selectionOf>;
  readonly startedAt: Date;
}

async function fetchSelected(options: FetchSelectedOptions): Promise<FetchOutput> {
  const { context, input, settings, selection, startedAt } = options;
  const { data, engine } = context.needs;
  const { id: runId, isResumed } = await context.run.open({ key: { ...input, foundBy: null } });
  const recorded = isResumed ? countResults(await context.repositories.results.tally(runId)) : 0;
  const open = isResumed ? (await data.steps.open({ type: STEP_TYPE, runIds: [runId] })).open : 0;
  const before = recorded + open;
  const limit = Math.max(0, (input.limit ?? Number.POSITIVE_INFINITY) - before);
  const { planned, alreadyOpen } =
    limit === 0
      ? { planned: 0, alreadyOpen: open }
      : await planDocuments({
          context,
          runId,
          selection,
          startedAt,
          isResumed,
          limit,
          maxAttempts: settings.maxAttempts,
        });
  const total = before + planned;
  const settledBefore = recorded;
  context.run.progress({ phase: 'fetch', done: settledBefore, total });
  const latestOf = createBatchLoader((ids) => context.repositories.results.latestOf(ids));
  await engine.work<Fetched, FetchRepositories, FetchNeeds>({
    context,
    type: STEP_TYPE,
    runId,
    concurrency: input.concurrency,
    retry: settings.retry,
    async handle(step, signal) {
      const documentId = step.documentId as string;
      const latest = input.force ? undefined : await latestOf(documentId);
      const { clock, needs } = context;
      return fetchDocument({ step, documentId, latest, needs, settings, clock, signal });
    },
    save: (access, settled) => saveFetched(access, { runId, settled, now: context.clock.now() }),
    onSettled: ({ completed, skipped, failed }) => {
      const done = settledBefore + completed + skipped + failed;
      context.run.progress({ phase: 'fetch', done, total });
    },
  });
  const summary = await summarizeRun(context, runId);
  return {
    ...summary,
    planned: total,
    unfinished: Math.max(0, total - summary.completed - summary.failed - summary.skipped),
    durationMs: 0,
    isResumed,
    inProgressElsewhere: Math.max(0, alreadyOpen - open),
  };
}

function countResults(tally: readonly { readonly count: number }[]): number {
  return tally.reduce((sum, { count }) => sum + count, 0);
}
