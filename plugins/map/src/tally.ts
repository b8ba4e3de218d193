import { isSheafError, type SheafError } from '@sheaf/core';
import { isStoreFailure } from '@sheaf/db';

/** Something that could not be read. The rest of the map goes on. */
export interface MapProblem {
  readonly url: string;
  readonly code: string;
  readonly message: string;
}

/** Why something that was found is no document, or was not read. */
export type SkipReason =
  | 'other-host'
  | 'invalid-url'
  | 'robots-denied'
  | 'not-found'
  | 'too-long'
  | 'hidden'
  | 'link'
  | 'unsupported-type';

/** What a map has left out so far, and why. */
export interface Tally {
  skip(reason: SkipReason): void;
  /** A document that the include and exclude globs leave out. */
  filter(): void;
  /** @throws the error itself where it is no fact about the source: a bug, or a store that fails. */
  fail(url: string, error: unknown): void;
  /** A bound (limit, pages, depth) cut the map short. */
  cut(): void;
  readonly filtered: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** The first 100. */
  readonly errors: readonly MapProblem[];
  readonly errorCount: number;
  /** Whether everything that the source names was found: no error, and no bound met. */
  readonly isComplete: boolean;
}

const MAX_PROBLEMS = 100;

export function createTally(): Tally {
  const skipped: Partial<Record<SkipReason, number>> = {};
  const errors: MapProblem[] = [];
  let filtered = 0;
  let errorCount = 0;
  let isCut = false;
  return {
    skip(reason) {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    },
    filter() {
      filtered += 1;
    },
    fail(url, error) {
      if (!isSheafError(error) || isStoreFailure(error)) throw error;
      errorCount += 1;
      if (errors.length < MAX_PROBLEMS) errors.push(toProblem(url, error));
    },
    cut() {
      isCut = true;
    },
    get filtered() {
      return filtered;
    },
    skipped,
    errors,
    get errorCount() {
      return errorCount;
    },
    get isComplete() {
      return errorCount === 0 && !isCut;
    },
  };
}

function toProblem(url: string, { code, message }: SheafError): MapProblem {
  return { url, code, message };
}
