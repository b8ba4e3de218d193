import { z } from 'zod';
import type { WebTimeouts } from './connection-error.ts';
import { webErrors } from './errors.ts';
import { productToken } from './robots-text.ts';
import { defaultUserAgent } from './user-agent.ts';
import type { WebClientOptions } from './web-client-options.ts';

/** No timer of Node waits longer. */
const MAX_MS = 2 ** 31 - 1;

const milliseconds = z.number().min(0).max(MAX_MS);
const timeout = z.number().int().min(1).max(MAX_MS);
const hostAndPort = z
  .string()
  .regex(/^(\[[0-9a-f:.]+\]|[^:/@\s]+):\d{1,5}$/i, 'must be host:port')
  .transform((text) => text.toLowerCase());

/** The options that are plain data, checked and complete. */
export interface WebSettings {
  readonly userAgent: string;
  readonly timeouts: WebTimeouts;
  readonly maxBodyBytes: number;
  readonly maxRedirects: number;
  readonly allowPrivate: boolean;
  readonly connectTo: Readonly<Record<string, string>>;
  readonly minDelayMs: number;
  readonly maxCrawlDelayMs: number;
  readonly respectRobots: boolean;
  readonly maxPerHost: number;
  readonly maxWaitMs: number;
}

const schema: z.ZodType<WebSettings> = z.strictObject({
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
    .refine((text) => /^\w/.test(text) && productToken(text) !== '', 'must begin with a name, such as "MyCrawler/1.0"')
    .default(defaultUserAgent),
  timeouts: z
    .strictObject({
      connectMs: timeout.default(10_000),
      headersMs: timeout.default(30_000),
      bodyMs: timeout.default(60_000),
    })
    .prefault({}),
  maxBodyBytes: z
    .number()
    .int()
    .min(1)
    .default(10 * 1024 * 1024),
  maxRedirects: z.number().int().min(0).max(100).default(5),
  allowPrivate: z.boolean().default(false),
  connectTo: z.record(hostAndPort, hostAndPort).default({}),
  minDelayMs: milliseconds.default(250),
  maxCrawlDelayMs: milliseconds.default(30_000),
  respectRobots: z.boolean().default(true),
  maxPerHost: z.number().int().min(1).default(4),
  maxWaitMs: milliseconds.default(120_000),
});

/** @throws `web.invalid-options` with all problems at once. */
export function readSettings(options: WebClientOptions): WebSettings {
  const { gate: _gate, lookup: _lookup, clock: _clock, log: _log, random: _random, ...data } = options;
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw webErrors.create('invalid-options', { problems });
}
