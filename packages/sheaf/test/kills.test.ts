import { beforeAll, describe, expect, it } from 'vitest';
import type { StageOptions } from './kills/kill-stage.ts';
import type { Kill } from './kills/kill-trial.ts';
import { allKills, inRows, randomKills, someKills } from './kills/plan-kills.ts';
import { runTrials } from './kills/run-trials.ts';
import { runUndisturbed, type UndisturbedIngest } from './kills/run-undisturbed.ts';

/** `npm run proof -- kills` sets these: both sides of every point, by itself, and as many instants as are asked for. */
const isProof = process.env.SHEAF_PROOF === 'kills';
const seed = Number(process.env.SHEAF_PROOF_SEED ?? Date.now() % 1_000_000);
const instants = Number(process.env.SHEAF_PROOF_COUNT ?? (isProof ? 50 : 2));
const timeout = isProof ? 3_600_000 : 300_000;

interface Way extends Pick<StageOptions, 'method' | 'isMigrated'> {
  readonly title: string;
  /** Kills to a trial: the one step of a map survives two workers, and the many of a fetch as many as there are. */
  readonly perTrial: number;
  /** Kills at points, where not all are made. */
  readonly some: number;
}

const bySitemap: Way = { title: 'by its sitemap', method: 'sitemap', perTrial: 3, some: 6 };
const byCrawl: Way = { title: 'by a crawl', method: 'crawl', perTrial: 2, some: 2 };
const fromNothing: Way = {
  title: 'from an empty database',
  method: 'sitemap',
  isMigrated: false,
  perTrial: 2,
  some: 4,
};
const WAYS = isProof
  ? [bySitemap, byCrawl, fromNothing]
  : [bySitemap, { ...byCrawl, ...fromNothing, title: 'by a crawl, from an empty database', method: byCrawl.method }];

describe.each(['sqlite', 'postgresql'] as const)(`an ingest that is killed, on %s (seed ${seed})`, (provider) => {
  const undisturbed = new Map<Way, UndisturbedIngest>();
  const left = (way: Way): UndisturbedIngest => undisturbed.get(way) as UndisturbedIngest;

  beforeAll(async () => {
    for (const way of WAYS) undisturbed.set(way, await runUndisturbed({ ...way, provider }));
  }, timeout);

  it('has nothing wrong when it is left alone', () => {
    for (const way of WAYS) expect([left(way).first.problems, left(way).second.problems]).toEqual([[], []]);
  });

  it.each(WAYS)(
    'leaves what it would have left $title, at each point of its write paths',
    async (way) => {
      const known = new Set(WAYS.slice(0, WAYS.indexOf(way)).flatMap((earlier) => left(earlier).points));
      const points = left(way).points.filter((point) => !known.has(point));
      expect(points.length).toBeGreaterThan(1);
      const kills = isProof ? allKills(points) : someKills(points, { seed, count: way.some });
      await expectNoTrace(way, inRows(kills, isProof ? 1 : way.perTrial));
    },
    timeout,
  );

  it.each(WAYS.slice(0, 2))(
    'leaves what it would have left $title, at random instants, and goes on from there',
    async (way) => {
      const kills = randomKills(left(way), { seed: seed + WAYS.indexOf(way), count: instants / 2 });
      await expectNoTrace(way, inRows(kills, 1), { isRepeated: true });
    },
    timeout,
  );

  async function expectNoTrace(
    way: Way,
    rows: readonly (readonly Kill[])[],
    more: { readonly isRepeated?: boolean } = {},
  ): Promise<void> {
    const startedAt = performance.now();
    const trials = rows.map((kills) => ({ ...way, ...more, provider, kills, undisturbed: left(way) }));
    const { failed, missed } = await runTrials(trials);
    expect(failed).toEqual([]);
    if (!isProof) return;
    const what = `${more.isRepeated ? 'instants' : 'points'}, ${way.title}`;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const figures = { proof: 'kills', provider, what, seed, kills: rows.flat().length - missed, missed, seconds };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
});
