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
  /** A mistake in Sheaf or in a plugin (EX_SOFTWARE). */
  mistake: 70,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

const CODES: Readonly<Record<string, number>> = {
  'engine.invalid-input': EXIT.usage,
  'db.invalid-config': EXIT.usage,
  'db.unsupported-url': EXIT.usage,
  'db.invalid-cursor': EXIT.usage,
  'db.unknown-column': EXIT.usage,
  'db.invalid-slug': EXIT.usage,
  'db.same-workspace': EXIT.usage,
  'cli.invalid-config': EXIT.usage,
  'cli.usage': EXIT.usage,
  'corpus.not-confirmed': EXIT.usage,
  'corpus.move-not-confirmed': EXIT.usage,
  'corpus.several-sources': EXIT.usage,
  'plugin.invalid-graph': EXIT.usage,
  'db.not-found': EXIT.notFound,
  'cli.no-database': EXIT.notFound,
  'db.unknown-workspace': EXIT.notFound,
  'engine.invalid-output': EXIT.mistake,
  'engine.canceled': EXIT.interrupted,
  'cli.interrupted': EXIT.interrupted,
};

export function exitCodeOf(error: unknown): number {
  return isSheafError(error) ? (CODES[error.code] ?? EXIT.failure) : EXIT.mistake;
}
