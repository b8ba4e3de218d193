import type { SheafError } from '@sheaf/core';
import type { NewArtifact, ObservedContent, StagedContent } from '@sheaf/db';
import type { FetchResult } from '../repositories/fetch-result.ts';
import type { FoundAlias } from './decide-alias.ts';

/** What a result row says besides how the step ended. */
export type ResultFacts = Omit<
  FetchResult,
  'documentId' | 'runId' | 'status' | 'change' | 'attempt' | 'errorCode' | 'errorMessage'
>;

/** The hashes of what was read, and of what read it. */
export interface ReadHashes {
  readonly inputHash: string | null;
  readonly configHash: string | null;
}

/** Another address of the document, and whether it belongs to another document as far as is known. */
export interface ResolvedAlias extends FoundAlias {
  readonly isMerge: boolean;
  /** That document was gone; what has answered in its place shows that it is back. */
  readonly isTargetGone: boolean;
}

/** What one step has found, ready to be written. */
export type Fetched =
  | {
      readonly kind: 'content';
      readonly facts: ResultFacts;
      readonly hashes: ReadHashes;
      readonly observed: Omit<ObservedContent, 'documentId'>;
      /** Bytes, Markdown and metadata. */
      readonly staged: readonly StagedContent[];
      readonly artifacts: readonly NewArtifact[];
      readonly alias: ResolvedAlias | undefined;
    }
  | {
      readonly kind: 'unchanged';
      readonly facts: ResultFacts;
      readonly hashes: ReadHashes;
      readonly alias: ResolvedAlias | undefined;
    }
  /** Only another way to a document that has its own step. */
  | { readonly kind: 'alias'; readonly facts: ResultFacts; readonly alias: ResolvedAlias }
  | { readonly kind: 'skipped'; readonly facts: ResultFacts; readonly error: SheafError }
  | { readonly kind: 'failed'; readonly facts: ResultFacts; readonly isGone: boolean };
