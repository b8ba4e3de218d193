import { type Clock, isSheafError, type SheafError } from '@sheaf/core';
import type { ClaimedStep } from '@sheaf/db';
import type { StepOutcome } from '@sheaf/engine';
import { fetchErrors } from '../errors.ts';
import { EXTRACTOR_CONFIG_HASH } from '../extract/extractor.ts';
import { decideFormat } from '../media-type/decide-format.ts';
import type { FetchNeeds } from '../needs.ts';
import type { FetchSettings } from '../options.ts';
import { EMPTY_RESULT } from '../repositories/fetch-result.ts';
import type { LatestFetch } from '../repositories/latest-fetch.ts';
import { decideFailure, decideOutcome } from './decide-outcome.ts';
import { type ExtractedContent, extractContent, readHashes } from './extract-content.ts';
import type { Fetched, ReadHashes, ResolvedAlias, ResultFacts } from './fetched.ts';
import { resolveCanonical, resolveRedirect } from './resolve-alias.ts';
import { retrieve } from './retrieve.ts';
import type { Retrieved } from './retrieved.ts';

export interface FetchDocumentOptions {
  readonly step: ClaimedStep;
  readonly documentId: string;
  /** What is known of the document; absent where the content is wanted whatever it is. */
  readonly latest: LatestFetch | undefined;
  readonly needs: FetchNeeds;
  readonly settings: FetchSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Gets a document and decides what becomes of it; writes nothing but staged bytes. What the outside world does wrong is
 * an outcome, not a thrown error.
 */
export async function fetchDocument(options: FetchDocumentOptions): Promise<StepOutcome<Fetched>> {
  const { step, needs, settings, clock, signal } = options;
  // Only what this extractor read, and what the document still holds, is worth asking whether it has changed.
  const { latest: known } = options;
  const latest = known?.isCurrent && known.configHash === EXTRACTOR_CONFIG_HASH ? known : undefined;
  try {
    const retrieved = await retrieve(
      { url: step.uri, validators: latest, maxBodyBytes: settings.maxBodyBytes, signal },
      { web: needs.web, clock },
    );
    return await judge({ ...options, latest }, retrieved);
  } catch (error) {
    const isOutside = isSheafError(error, 'web.') || isSheafError(error, 'fetch.');
    if (signal.aborted || !isOutside) throw error;
    return withoutAnswer(error, clock, settings);
  }
}

function withoutAnswer(error: SheafError, clock: Clock, settings: FetchSettings): StepOutcome<Fetched> {
  const facts: ResultFacts = { ...EMPTY_RESULT, fetchedAt: clock.now() };
  const outcome = decideFailure(error, settings.maxRetryAfterMs);
  if (outcome.kind === 'skipped') return { status: 'skipped', value: { kind: 'skipped', facts, error } };
  return failed(facts, outcome);
}

async function judge(options: FetchDocumentOptions, retrieved: Retrieved): Promise<StepOutcome<Fetched>> {
  const { step, latest, settings } = options;
  const facts = answerFacts(retrieved);
  const outcome = decideOutcome({
    url: step.uri,
    status: retrieved.status,
    isConditional: latest !== undefined,
    retryAfterMs: retrieved.retryAfterMs,
    maxRetryAfterMs: settings.maxRetryAfterMs,
  });
  if (outcome.kind === 'failed') return failed(facts, outcome);
  const redirect = await resolveRedirect(options, retrieved);
  // The content belongs to the other document, whose own step gets it.
  if (redirect?.isMerge) return { status: 'skipped', value: { kind: 'alias', facts, alias: redirect } };
  if (outcome.kind === 'unchanged' && latest) return unchanged(options, { latest, retrieved, facts, redirect });
  return readContent(options, { retrieved, facts, redirect });
}

interface Answered {
  readonly retrieved: Retrieved;
  readonly facts: ResultFacts;
  readonly redirect: ResolvedAlias | undefined;
}

async function readContent(
  options: FetchDocumentOptions,
  { retrieved, facts, redirect }: Answered,
): Promise<StepOutcome<Fetched>> {
  const { step, latest } = options;
  const { format, mimeType } = decideFormat(retrieved);
  const read: ResultFacts = { ...facts, mimeType, contentLength: retrieved.bytes.byteLength };
  if (format === undefined) {
    const error = fetchErrors.create('unsupported-type', { url: step.uri, mimeType });
    return failed(read, { error, isGone: false });
  }
  const hashes = readHashes(retrieved);
  if (latest && latest.inputHash === hashes.inputHash && latest.configHash === hashes.configHash) {
    // The same bytes, sent again in full.
    return unchanged(options, { latest, retrieved, facts: read, redirect });
  }
  let content: ExtractedContent;
  try {
    content = await extractContent(options, {
      retrieved,
      format,
      mimeType,
      hashes,
      timeoutMs: options.settings.maxExtractionMs,
    });
  } catch (error) {
    if (!isSheafError(error, 'fetch.')) throw error;
    return failed(read, { error, isGone: false });
  }
  const alias = await resolveCanonical(options, retrieved, content.facts.canonicalUri ?? null, redirect);
  const value: Fetched = { kind: 'content', ...content, facts: { ...read, ...content.facts }, hashes, alias };
  return { status: alias?.isMerge ? 'skipped' : 'completed', value };
}

async function unchanged(
  options: FetchDocumentOptions,
  { latest, retrieved, facts, redirect }: Answered & { readonly latest: LatestFetch },
): Promise<StepOutcome<Fetched>> {
  const alias = await resolveCanonical(options, retrieved, latest.canonicalUri, redirect);
  const hashes: ReadHashes = { inputHash: latest.inputHash, configHash: latest.configHash };
  const value: Fetched = { kind: 'unchanged', facts: { ...facts, ...keptFacts(latest, facts) }, hashes, alias };
  return { status: alias?.isMerge ? 'skipped' : 'completed', value };
}

/** The newest result tells all of a document by itself, so that what has not changed is said again. */
function keptFacts(latest: LatestFetch, facts: ResultFacts): Partial<ResultFacts> {
  const { mimeType, charset, language, title, canonicalUri, bytesHash, textHash, contentLength, textLength } = latest;
  return {
    mimeType,
    charset,
    language,
    title,
    canonicalUri,
    bytesHash,
    textHash,
    contentLength,
    textLength,
    // A 304 need not repeat them.
    etag: facts.etag ?? latest.etag,
    lastModified: facts.lastModified ?? latest.lastModified,
  };
}

function answerFacts(retrieved: Retrieved): ResultFacts {
  return {
    ...EMPTY_RESULT,
    httpStatus: retrieved.isFile ? null : retrieved.status,
    finalUri: retrieved.finalUrl,
    redirects: retrieved.redirects.length > 0 ? retrieved.redirects : null,
    etag: retrieved.etag,
    lastModified: retrieved.lastModified,
    durationMs: retrieved.durationMs,
    fetchedAt: retrieved.fetchedAt,
  };
}

function failed(
  facts: ResultFacts,
  outcome: { readonly error: SheafError; readonly isGone: boolean; readonly retryInMs?: number },
): StepOutcome<Fetched> {
  const { error, isGone, retryInMs } = outcome;
  return {
    status: 'failed',
    error,
    value: { kind: 'failed', facts, isGone },
    ...(retryInMs === undefined ? {} : { retryInMs }),
  };
}
