import type { BenchmarkResult } from './benchmark.ts';

export interface ReportOptions extends BenchmarkResult {
  readonly benchmark: string;
  /** Claims are made for the full size: a smaller one is not judged. */
  readonly isQuick: boolean;
}

/** Lines for people, and as the last one everything as one JSON object. */
export function report({ benchmark, isQuick, claims, figures }: ReportOptions): readonly string[] {
  const judged = claims.map(({ claim, measured, atMost }) => ({
    claim,
    measured: round(measured),
    atMost,
    verdict: isQuick ? 'small' : measured <= atMost ? 'holds' : 'MISSED',
  }));
  return [
    '',
    ...judged.map(({ claim, measured, atMost, verdict }) => {
      return `${verdict.padEnd(6)}  ${claim}: ${measured} (at most ${atMost})`;
    }),
    JSON.stringify({ benchmark, isQuick, claims: judged, figures }),
  ];
}

/** Three digits are more than such measurements are good for. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
