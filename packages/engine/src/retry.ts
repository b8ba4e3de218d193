export interface RetryPolicy {
  /** Milliseconds before the second attempt. */
  readonly baseMs: number;
  /** Milliseconds between attempts at the most. */
  readonly maxMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { baseMs: 1_000, maxMs: 60_000 };

/**
 * Milliseconds to wait after a failed attempt: exponential with full jitter in the upper half ("equal jitter" of
 * M. Brooker, "Exponential Backoff And Jitter", 2015), and never less than the other side asked for.
 *
 * @param attempt - the attempt that failed, 1 for the first
 * @param random - in [0, 1)
 */
export function retryDelay(policy: RetryPolicy, attempt: number, random: number, askedMs = 0): number {
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.max(askedMs, Math.round(full / 2 + (full / 2) * random));
}
