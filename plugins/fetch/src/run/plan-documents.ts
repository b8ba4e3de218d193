import type { DocumentFilter, DocumentIdentity } from '@sheaf/db';
import type { FetchContext } from '../needs.ts';

/** Documents planned in one transaction, at the most. */
const CHUNK = 1_000;

export const STEP_TYPE = 'fetch';

export interface PlanDocumentsOptions {
  readonly context: FetchContext;
  readonly runId: string;
  readonly selection: DocumentFilter;
  /** What another run has fetched since is not fetched again. */
  readonly startedAt: Date;
  readonly isResumed: boolean;
  /** Documents to plan at the most. */
  readonly limit: number;
  readonly maxAttempts: number;
}

export interface PlannedDocuments {
  readonly planned: number;
  /** Selected, but with a step that is open already: of this run, where it is resumed, or of another. */
  readonly alreadyOpen: number;
}

/**
 * Plans a step for each selected document, a page of the selection at a time. The steps of a host are ranked, and
 * equal ranks of all hosts come together: a host with many documents, or a slow one, does not come before all others.
 */
export async function planDocuments(options: PlanDocumentsOptions): Promise<PlannedDocuments> {
  const { context, runId, selection, startedAt, isResumed, limit, maxAttempts } = options;
  const { documents, steps } = context.needs.data;
  const rankOf = createRanking();
  let planned = 0;
  let alreadyOpen = 0;
  let after: string | undefined;
  do {
    context.signal.throwIfAborted();
    const page = await documents.identities({
      ...selection,
      limit: Math.min(CHUNK, limit - planned),
      ...(after === undefined ? {} : { after }),
    });
    const wanted = isResumed ? await withoutRecorded(options, page.items) : page.items;
    const count = await steps.plan({
      runId,
      type: STEP_TYPE,
      maxAttempts,
      ...(selection.stage === undefined ? {} : { onlyIf: selection.stage }),
      unlessSettled: { stage: 'fetch', since: startedAt },
      steps: wanted.map(({ id, uri }) => ({ documentId: id, priority: -rankOf(uri) })),
    });
    planned += count;
    alreadyOpen += wanted.length - count;
    context.run.progress({ phase: 'plan', done: planned });
    after = page.next;
  } while (after !== undefined && planned < limit);
  return { planned, alreadyOpen };
}

/** What the run has done before it was interrupted is not done again. */
async function withoutRecorded(
  { context, runId }: PlanDocumentsOptions,
  items: readonly DocumentIdentity[],
): Promise<readonly DocumentIdentity[]> {
  const recorded = await context.repositories.results.recordedIn(
    runId,
    items.map(({ id }) => id),
  );
  return items.filter(({ id }) => !recorded.has(id));
}

/** Counts the documents of each host; what has no host counts by itself. */
function createRanking(): (uri: string) => number {
  const counts = new Map<string, number>();
  return (uri) => {
    const host = URL.canParse(uri) ? new URL(uri).host : '';
    const rank = counts.get(host) ?? 0;
    counts.set(host, rank + 1);
    return rank;
  };
}
