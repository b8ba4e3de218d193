import type { FetchContext } from '../needs.ts';
import { FETCH_CHANGES, type FetchChange } from '../repositories/fetch-result.ts';
import type { FetchTally } from '../repositories/fetch-result-repository.ts';
import type { FetchOutput, FetchProblem } from './fetch-output.ts';

const MAX_ERRORS = 100;

type Summary = Omit<FetchOutput, 'planned' | 'durationMs' | 'isResumed' | 'inProgressElsewhere' | 'unfinished'>;

/** What the results of a run add up to: the store's word, whichever processes have worked on it. */
export async function summarizeRun(context: FetchContext, runId: string): Promise<Summary> {
  const tally = await context.repositories.results.tally(runId);
  const countOf = (matches: (one: FetchTally) => boolean): number =>
    tally.filter(matches).reduce((sum, { count }) => sum + count, 0);
  const errorCounts: Record<string, number> = {};
  for (const { errorCode, count } of tally) {
    if (errorCode !== null) errorCounts[errorCode] = (errorCounts[errorCode] ?? 0) + count;
  }
  const failed = countOf(({ status }) => status === 'failed');
  return {
    runId,
    completed: countOf(({ status }) => status === 'completed'),
    failed,
    skipped: countOf(({ status }) => status === 'skipped'),
    changes: changesOf((change) => countOf((one) => one.change === change)),
    retried: tally.reduce((sum, { retried }) => sum + retried, 0),
    errors: failed > 0 ? await problemsOf(context, runId) : [],
    errorCounts,
    bytes: tally.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

export function changesOf(countOf: (change: FetchChange) => number): Readonly<Record<FetchChange, number>> {
  return Object.fromEntries(FETCH_CHANGES.map((change) => [change, countOf(change)])) as Record<FetchChange, number>;
}

async function problemsOf({ repositories, needs }: FetchContext, runId: string): Promise<readonly FetchProblem[]> {
  const { items } = await repositories.results.ofRun(runId, { statuses: ['failed'], limit: MAX_ERRORS });
  const ids = items.map(({ documentId }) => documentId);
  const named = await needs.data.documents.identities({ ids, limit: MAX_ERRORS });
  const uris = new Map(named.items.map(({ id, uri }) => [id, uri]));
  return items.map(({ documentId, errorCode, errorMessage }) => ({
    uri: uris.get(documentId) ?? documentId,
    code: errorCode ?? '',
    message: errorMessage ?? '',
  }));
}
