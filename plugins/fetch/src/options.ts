import type { RetryPolicy } from '@sheaf/engine';
import { z } from 'zod';
import { fetchErrors } from './errors.ts';

export interface FetchPluginOptions {
  /** Attempts at a document in one run before it is given up; default 4. */
  readonly maxAttempts?: number;
  /** Milliseconds between attempts: `baseMs` before the second (default 1,000), `maxMs` at the most (60,000). */
  readonly retry?: RetryPolicy;
  /** The longest time, in milliseconds, that a site's Retry-After is waited for; default 120,000. */
  readonly maxRetryAfterMs?: number;
  /** The longest time, in milliseconds, that a page's text may take to be read; default 15,000. */
  readonly maxExtractionMs?: number;
  /** The largest body or file in bytes; default: the web client's limit, and 10 MiB for files. */
  readonly maxBodyBytes?: number;
}

/** The options, checked and complete. */
export interface FetchSettings {
  readonly maxAttempts: number;
  readonly retry: RetryPolicy;
  readonly maxRetryAfterMs: number;
  readonly maxExtractionMs: number;
  readonly maxBodyBytes: number | undefined;
}

/** No timer of Node waits longer. */
const MAX_MS = 2 ** 31 - 1;
const milliseconds = z.number().min(0).max(MAX_MS);

const schema = z.strictObject({
  maxAttempts: z.int().min(1).max(100).default(4),
  retry: z.object({ baseMs: milliseconds, maxMs: milliseconds }).default({ baseMs: 1_000, maxMs: 60_000 }),
  maxRetryAfterMs: milliseconds.default(120_000),
  // Everything else waits meanwhile: it must stay well below the time that a claim holds.
  maxExtractionMs: z.int().min(1).max(20_000).default(15_000),
  maxBodyBytes: z.int().min(1).optional(),
});

/** @throws `fetch.invalid-options` with all problems at once. */
export function readSettings(options: FetchPluginOptions): FetchSettings {
  const result = schema.safeParse(options);
  if (result.success) return { ...result.data, maxBodyBytes: result.data.maxBodyBytes };
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`);
  throw fetchErrors.create('invalid-options', { problems });
}
