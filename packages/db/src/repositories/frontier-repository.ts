export interface FrontierEntry {
  readonly uri: string;
  readonly depth: number;
  readonly foundAt: string | null;
}

export type FrontierState = 'pending' | 'running' | 'completed' | 'failed' | 'skipped';

/** What a map has still to visit: durable, breadth first. */
export interface FrontierRepository {
  /** Adds what the run has not met yet; gives how many were new. */
  add(runId: string, entries: readonly FrontierEntry[]): Promise<number>;
  /** Takes the next entries, nearest first, and marks them running. */
  take(runId: string, limit: number): Promise<readonly FrontierEntry[]>;
  settle(runId: string, entries: readonly { readonly uri: string; readonly state: FrontierState }[]): Promise<void>;
  /** After an interruption: what was running is pending again. */
  reopen(runId: string): Promise<number>;
  counts(runId: string): Promise<Readonly<Record<FrontierState, number>>>;
  /** Removes the run's entries once it has ended. */
  clear(runId: string): Promise<void>;
}
