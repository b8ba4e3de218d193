import type { DocumentRepository, NewArtifact, StagedContent } from '@sheaf/db';
import type { SettledStep } from '@sheaf/engine';
import { fetchErrors } from '../errors.ts';
import type { FetchAccess } from '../needs.ts';
import { EMPTY_RESULT, type FetchChange, type FetchResult } from '../repositories/fetch-result.ts';
import { type BatchAlias, orderAliases } from './decide-alias.ts';
import type { Fetched, ReadHashes, ResolvedAlias, ResultFacts } from './fetched.ts';

export interface SaveFetchedOptions {
  readonly runId: string;
  readonly settled: readonly SettledStep<Fetched>[];
  readonly now: Date;
}

/** What is written of one step. */
interface Entry {
  readonly documentId: string;
  readonly status: FetchResult['status'];
  readonly facts: ResultFacts;
  readonly hashes?: ReadHashes;
  readonly error?: { readonly code: string; readonly message: string };
  readonly isGone?: boolean;
  readonly content?: Extract<Fetched, { readonly kind: 'content' }>;
  readonly attempt: number;
}

/**
 * Writes what steps have found: aliases, contents, versions, results and stages, a few statements for all. Runs inside
 * the transaction that ends the steps; the result and the stage of a document always say the same.
 */
export async function saveFetched(access: FetchAccess, options: SaveFetchedOptions): Promise<void> {
  const { runId } = options;
  const { data } = access.needs;
  // First of all writes, since it locks the URIs of the workspace.
  const mergedInto = await uniteAliases(access, options);
  const entries = options.settled.flatMap((settled) => entryOf(settled, mergedInto, options.now) ?? []);
  const withContent = entries.filter(hasContent);
  await data.contents.record(distinct(withContent.flatMap(({ content }) => content.staged)));
  await data.artifacts.record(
    withContent.flatMap(({ content }) => content.artifacts.map((artifact): NewArtifact => ({ ...artifact, runId }))),
  );
  await data.documents.markGone(
    entries.filter(({ isGone }) => isGone).map(({ documentId }) => documentId),
    { runId },
  );
  const recorded = await data.documents.recordContent(
    withContent.map(({ documentId, content }) => ({ ...content.observed, documentId })),
    { runId },
  );
  const changes = new Map(withContent.map(({ documentId }, index) => [documentId, recorded[index]?.change]));
  await access.repositories.results.record(
    entries.map((entry) => toResult(entry, runId, changes.get(entry.documentId) ?? changeOf(entry))),
  );
  await data.stages.set(
    entries.map(({ documentId, status, hashes, error }) => ({
      documentId,
      stage: 'fetch',
      status,
      runId,
      inputHash: hashes?.inputHash ?? null,
      configHash: hashes?.configHash ?? null,
      errorCode: error?.code ?? null,
      errorMessage: error?.message ?? null,
    })),
  );
}

/** Gives the URI of the survivor for each document that turned out to be another one. */
async function uniteAliases(
  { needs: { data } }: FetchAccess,
  { settled, runId }: SaveFetchedOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = settled.flatMap(({ step, value }) => {
    const alias = value && 'alias' in value ? value.alias : undefined;
    return alias && step.documentId !== null ? [{ ...alias, documentId: step.documentId, uri: step.uri }] : [];
  });
  const ordered = await stillMeant(data.documents, orderAliases(found));
  const united = await data.documents.unite(
    ordered.map(({ documentId, canonicalUri, aliases, kind }) => ({ documentId, canonicalUri, aliases, kind })),
  );
  const merged = ordered.filter((_, index) => united[index]?.isMerged);
  // What answers in the place of a document that was gone shows that it is there again, and is to be fetched.
  const returned = found.filter(({ isTargetGone }) => isTargetGone).map(({ canonicalUri }) => ({ uri: canonicalUri }));
  if (returned.length > 0) await data.documents.register(returned, { method: 'redirect', runId });
  return new Map(merged.map(({ documentId, canonicalUri }) => [documentId, canonicalUri]));
}

/**
 * What a page says of itself may have come true while it was at work: the document that it names was merged into its
 * own. Uniting the two would only make them change names, back and forth with each run.
 */
async function stillMeant(
  documents: DocumentRepository,
  aliases: readonly (BatchAlias & Pick<ResolvedAlias, 'isMerge'>)[],
): Promise<readonly BatchAlias[]> {
  const checks = aliases.map(async ({ kind, isMerge, canonicalUri, documentId }) => {
    if (kind === 'redirect' || !isMerge) return true;
    return (await documents.find(canonicalUri))?.id !== documentId;
  });
  const isMeant = await Promise.all(checks);
  return aliases.filter((_, index) => isMeant[index]);
}

function entryOf(settled: SettledStep<Fetched>, mergedInto: ReadonlyMap<string, string>, now: Date): Entry | undefined {
  const { step, value } = settled;
  const { documentId, attempt } = step;
  if (documentId === null) return undefined;
  const survivor = mergedInto.get(documentId);
  if (survivor !== undefined && value) {
    const error = fetchErrors.create('merged', { url: step.uri, into: survivor });
    return { documentId, attempt, status: 'skipped', facts: withoutContent(value.facts), error };
  }
  if (settled.status === 'failed') {
    // A handler that crashed has left nothing to tell.
    const facts = value?.facts ?? { ...EMPTY_RESULT, fetchedAt: now };
    const isGone = value?.kind === 'failed' && value.isGone;
    return { documentId, attempt, status: 'failed', facts, isGone, error: settled.error };
  }
  switch (settled.value.kind) {
    case 'content':
      return { documentId, attempt, status: 'completed', ...pick(settled.value), content: settled.value };
    case 'unchanged':
      return { documentId, attempt, status: 'completed', ...pick(settled.value) };
    case 'skipped':
      return { documentId, attempt, status: 'skipped', facts: settled.value.facts, error: settled.value.error };
    default:
      // The document that this one led to is no longer another one: it stays pending, and the next run gets its content.
      return undefined;
  }
}

function pick({
  facts,
  hashes,
}: {
  readonly facts: ResultFacts;
  readonly hashes: ReadHashes;
}): Pick<Entry, 'facts' | 'hashes'> {
  return { facts, hashes };
}

/** A document that is another one has no content of its own. */
function withoutContent({
  httpStatus,
  finalUri,
  canonicalUri,
  redirects,
  durationMs,
  fetchedAt,
}: ResultFacts): ResultFacts {
  return { ...EMPTY_RESULT, httpStatus, finalUri, canonicalUri, redirects, durationMs, fetchedAt };
}

function hasContent(entry: Entry): entry is Entry & Required<Pick<Entry, 'content'>> {
  return entry.content !== undefined;
}

function changeOf({ status, isGone }: Entry): FetchChange | null {
  if (status === 'completed') return 'unchanged';
  return isGone ? 'gone' : null;
}

function toResult(entry: Entry, runId: string, change: FetchChange | null): FetchResult {
  const { documentId, status, facts, error, attempt } = entry;
  const errorCode = error?.code ?? null;
  return { ...facts, documentId, runId, status, change, attempt, errorCode, errorMessage: error?.message ?? null };
}

function distinct(staged: readonly StagedContent[]): readonly StagedContent[] {
  return [...new Map(staged.map((content) => [content.hash, content])).values()];
}
