import { z } from 'zod';
import { MAP_METHODS, type MapMethod } from './discovery.ts';
import type { MapProblem } from './tally.ts';

/** What a map has found. */
export interface MapOutput {
  /** Null for a dry run. */
  readonly runId: string | null;
  /** The canonical address, or the `file:` URL of the folder. */
  readonly source: string;
  readonly method: MapMethod;
  /** Documents found that are wanted, each once: new and known ones. */
  readonly discovered: number;
  readonly new: number;
  readonly known: number;
  /** Documents that no source names any more. */
  readonly gone: number;
  /** Addresses that include and exclude left out. */
  readonly filtered: number;
  /** Addresses left out for another reason, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** What could not be read: the first 100. */
  readonly errors: readonly MapProblem[];
  readonly errorCount: number;
  /** Of a dry run, the first 20 addresses. */
  readonly sample: readonly string[];
  /** Whether all that the source names was found: no error, and no bound met. */
  readonly isComplete: boolean;
}

const count = z.number().int().nonnegative();

export const mapOutput: z.ZodType<MapOutput> = z.object({
  runId: z.string().nullable(),
  source: z.string(),
  method: z.enum(MAP_METHODS),
  discovered: count,
  new: count,
  known: count,
  gone: count,
  filtered: count,
  skipped: z.record(z.string(), count),
  errors: z.array(z.object({ url: z.string(), code: z.string(), message: z.string() })),
  errorCount: count,
  sample: z.array(z.string()),
  isComplete: z.boolean(),
});
