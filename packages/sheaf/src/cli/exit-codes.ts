import { isSheafError } from '@sheaf/core';

/** What the command line exits with; documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** Something outside failed, or a person must act. */
  failure: 1,
  /** The command line, an input or the configuration is not valid. */
  usage: 2,
  /** What was named does not exist. */
  notFound: 3,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

const USAGE = new Set([
  'engine.invalid-input',
  'db.invalid-config',
  'db.unsupported-url',
  'db.invalid-cursor',
  'db.unknown-column',
  'db.invalid-slug',
  'cli.invalid-config',
  'cli.usage',
  'corpus.not-confirmed',
  'corpus.several-sources',
  'plugin.invalid-graph',
]);
const NOT_FOUND = new Set(['db.not-found', 'db.unknown-workspace']);

export function exitCodeOf(error: unknown): number {
  if (!isSheafError(error)) return EXIT.failure;
  if (error.code === 'engine.canceled') return EXIT.interrupted;
  if (USAGE.has(error.code)) return EXIT.usage;
  if (NOT_FOUND.has(error.code)) return EXIT.notFound;
  return EXIT.failure;
}
