/** What one process did under a mixed load. Everything in it was acknowledged. */
export interface MixedLoad {
  readonly reads: number;
  /** Milliseconds that each write took, from the call to its acknowledgement. */
  readonly writeMs: readonly number[];
  /** The versions of documents that its writes made. */
  readonly versions: readonly (readonly [uri: string, version: number])[];
  /** The documents that only this process registered. */
  readonly registered: readonly string[];
  /** Events that it added to the run of all. */
  readonly events: number;
  /** What reached the caller of a repository; empty is right. */
  readonly errors: readonly string[];
  /** What a reader saw that never was; empty is right. */
  readonly contradictions: readonly string[];
}

/** Documents that all processes write to. */
export const SHARED_URIS: readonly string[] = Array.from({ length: 20 }, (_, index) => `https://example.com/${index}`);
