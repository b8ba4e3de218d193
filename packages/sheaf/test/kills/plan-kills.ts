import type { KillAtPoint } from '@sheaf/testkit';
import { createRandom } from '../support/random.ts';
import type { Kill } from './kill-trial.ts';
import type { UndisturbedIngest } from './run-undisturbed.ts';

/** Kills at random instants: every other one by the clock, the rest by the number of an operation. */
export function randomKills(
  { operations, durationMs }: Pick<UndisturbedIngest, 'operations' | 'durationMs'>,
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly Kill[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index): Kill => {
    const instant = random();
    if (index % 2 === 0) return { afterMs: Math.round(instant * durationMs) };
    return { operation: 1 + Math.floor(instant * operations), phase: random() < 0.5 ? 'before' : 'after' };
  });
}

/** Kills before and after each point. */
export function allKills(points: readonly string[]): readonly KillAtPoint[] {
  return points.flatMap((point) => [
    { point, phase: 'before' },
    { point, phase: 'after' },
  ]);
}

/**
 * For a look at every day: after each point that makes writes last, and an eighth of all other kills, another one with
 * each seed. What a transaction has written is gone whichever of its statements was the last.
 */
export function someKills(points: readonly string[], seed: number): readonly KillAtPoint[] {
  return allKills(points).filter(
    ({ point, phase }, index) => (phase === 'after' && /^(?:commit|rename)/.test(point)) || (index + seed) % 8 === 0,
  );
}

/** Rows of kills, one for each trial: in the order of the points, and as far from each other as can be. */
export function inRows<T>(kills: readonly T[], length: number): readonly (readonly T[])[] {
  const rows = Math.ceil(kills.length / length);
  return Array.from({ length: rows }, (_, row) => kills.filter((__, index) => index % rows === row));
}
