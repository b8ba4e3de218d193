import { beforeAll, describe, expect, it } from 'vitest';
import type { StageOptions } from './kills/kill-stage.ts';
import type { Kill } from './kills/kill-trial.ts';
import { allKills, inRows, randomKills, someKills } from './kills/plan-kills.ts';
import { runTrials } from './kills/run-trials.ts';
import { runUndisturbed, type UndisturbedIngest } from './kills/run-undisturbed.ts';

/** `npm run proof -- kills` sets these: both sides of every point, by itself, and as many instants as are asked for. */
const isProof = process.env.SHEAF_PROOF === 'kills';
const seed = Number(process.env.SHEAF_PROOF_SEED ?? Date.now() % 1_000_000);
const instants = Number(process.env.SHEAF_PROOF_COUNT ?? (isProof ? 50 : 4));
const timeout = isProof ? 3_600_000 : 300_000;

describe.each(['sqlite', 'postgresql'] as const)(`an ingest that is killed, on %s (seed ${seed})`, (provider) => {
  const ways: readonly StageOptions[] = [
    { provider, method: 'sitemap' },
    { provider, method: 'crawl' },
    { provider, method: 'sitemap', isMigrated: false },
  ];
  const undisturbed = new Map<StageOptions, UndisturbedIngest>();
  const left = (way: StageOptions): UndisturbedIngest => undisturbed.get(way) as UndisturbedIngest;

  beforeAll(async () => {
    for (const way of ways) undisturbed.set(way, await runUndisturbed(way));
  }, timeout);

  it('has nothing wrong when it is left alone', () => {
    for (const way of ways) expect([left(way).first.problems, left(way).second.problems]).toEqual([[], []]);
  });

  it.each([0, 1, 2])(
    'leaves what it would have left, at each point of its write paths (way %i)',
    async (index) => {
      const way = ways[index] as StageOptions;
      const known = new Set(ways.slice(0, index).flatMap((earlier) => left(earlier).points));
      const points = left(way).points.filter((point) => !known.has(point));
      expect(points.length).toBeGreaterThan(1);
      const kills = isProof ? allKills(points) : someKills(points, seed);
      // The one step of a map survives two workers; most points of the first way lie in the many steps of a fetch.
      const perTrial = isProof ? 1 : [5, 2, 2][index];
      await expectNoTrace(way, inRows(kills, perTrial ?? 1));
    },
    timeout,
  );

  it.each([0, 1])(
    'leaves what it would have left at random instants, and goes on from there (way %i)',
    async (index) => {
      const way = ways[index] as StageOptions;
      const kills = randomKills(left(way), { seed: seed + index, count: instants / 2 });
      await expectNoTrace(
        way,
        kills.map((kill) => [kill]),
        true,
      );
    },
    timeout,
  );

  async function expectNoTrace(
    way: StageOptions,
    rows: readonly (readonly Kill[])[],
    isRepeated = false,
  ): Promise<void> {
    const startedAt = performance.now();
    const failed = await runTrials(rows.map((kills) => ({ ...way, kills, isRepeated, undisturbed: left(way) })));
    expect(failed).toEqual([]);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const figures = { proof: 'kills', ...way, isRandom: isRepeated, seed, kills: rows.flat().length, seconds };
    if (isProof) process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
});
