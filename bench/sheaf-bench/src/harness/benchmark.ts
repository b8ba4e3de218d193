import type { Provider } from '@sheaf/db';

/** How a benchmark is run. */
export interface BenchmarkOptions {
  /** The databases to run on. */
  readonly providers: readonly Provider[];
  /** A smaller version, in seconds rather than minutes: it shows that all contenders do the same, not how fast. */
  readonly isQuick: boolean;
  /** Receives what happens, line by line. */
  readonly print: (line: string) => void;
}

/** Something that was promised, with what was measured. */
export interface Claim {
  readonly claim: string;
  readonly measured: number;
  readonly atMost: number;
}

export interface BenchmarkResult {
  readonly claims: readonly Claim[];
  /** Everything that was measured, for machines. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** @throws where contenders that are compared did not do the same. */
export type Benchmark = (options: BenchmarkOptions) => Promise<BenchmarkResult>;
