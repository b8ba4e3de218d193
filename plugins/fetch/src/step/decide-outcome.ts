import type { SheafError } from '@sheaf/core';
import { fetchErrors } from '../errors.ts';

/** What an answer means for its document. */
export type AnswerOutcome =
  | { readonly kind: 'content' | 'unchanged' }
  | {
      readonly kind: 'failed';
      /** Its `isRetryable` says whether to ask again in this run. */
      readonly error: SheafError;
      /** The site says that there is no such page (any more). */
      readonly isGone: boolean;
      /** Milliseconds that the site asked to wait. */
      readonly retryInMs?: number;
    };

export interface Answer {
  readonly url: string;
  readonly status: number;
  /** Whether a copy is at hand, so that 304 is an answer. */
  readonly isConditional: boolean;
  readonly retryAfterMs?: number | undefined;
  /** The longest time that is waited for. */
  readonly maxRetryAfterMs: number;
}

/** Statuses that a later attempt may well turn into another. */
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429]);

/** Decides by an answer's status what becomes of its document. */
export function decideOutcome({ url, status, isConditional, retryAfterMs, maxRetryAfterMs }: Answer): AnswerOutcome {
  if (status >= 200 && status <= 299) return { kind: 'content' };
  if (status === 304 && isConditional) return { kind: 'unchanged' };
  const isTransient = RETRYABLE.has(status) || (status >= 500 && status <= 599);
  const isTooLong = retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs;
  const hint = `The site asks to be left alone for ${Math.ceil((retryAfterMs ?? 0) / 1000)} seconds, longer than a run waits.`;
  const error = fetchErrors.create(
    'http-error',
    { url, status },
    { isRetryable: isTransient && !isTooLong, ...(isTransient && isTooLong ? { hint } : {}) },
  );
  return {
    kind: 'failed',
    error,
    isGone: status === 404 || status === 410,
    ...(error.isRetryable && retryAfterMs !== undefined ? { retryInMs: retryAfterMs } : {}),
  };
}

/** What it means that there was no answer. */
export type FailureOutcome =
  | { readonly kind: 'skipped'; readonly error: SheafError }
  | { readonly kind: 'failed'; readonly error: SheafError; readonly isGone: boolean; readonly retryInMs?: number };

/** What the site forbids is left out; everything else has failed, for now or for good. */
export function decideFailure(error: SheafError, maxRetryAfterMs: number): FailureOutcome {
  if (error.code === 'web.robots-denied') return { kind: 'skipped', error };
  const { retryAfterMs } = error.details;
  // Who asks for more than a run waits is tried again at the usual pace, and soon given up.
  const isWaitedFor = error.isRetryable && typeof retryAfterMs === 'number' && retryAfterMs <= maxRetryAfterMs;
  return {
    kind: 'failed',
    error,
    isGone: error.code === 'fetch.file-missing',
    ...(isWaitedFor ? { retryInMs: retryAfterMs } : {}),
  };
}
