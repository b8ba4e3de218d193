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
    if ((index + seed) % 2 === 0) return { afterMs: Math.round(instant * durationMs) };
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
 * For a look at every change: so many of all kills, others with each seed. Half of them come after what makes writes last;
 * what a transaction has written before is gone whichever of its statements was the last.
 */
export function someKills(
  points: readonly string[],
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly KillAtPoint[] {
  const random = createRandom(seed);
  const kills = allKills(points).map((kill) => ({ kill, place: random() }));
  const isLasting = ({ kill: { phase, point } }: (typeof kills)[number]): boolean =>
    phase === 'after' && /^(?:commit|rename)/.test(point);
  const take = (from: typeof kills, most: number): typeof kills =>
    from.toSorted((a, b) => a.place - b.place).slice(0, most);
  const lasting = take(kills.filter(isLasting), Math.ceil(count / 2));
  const others = kills.filter((one) => !isLasting(one));
  const chosen = new Set([...lasting, ...take(others, count - lasting.length)]);
  return kills.filter((one) => chosen.has(one)).map(({ kill }) => kill);
}

/** Rows of kills, one for each trial: in the order of the points, and as far from each other as can be. */
export function inRows<T>(kills: readonly T[], length: number): readonly (readonly T[])[] {
  const rows = Math.ceil(kills.length / length);
  return Array.from({ length: rows }, (_, row) => kills.filter((__, index) => index % rows === row));
}
