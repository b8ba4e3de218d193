import { describe, expect, it } from 'vitest';
import { cutPower, type PowerCuts } from './power-cuts/cut-power.ts';
import type { Synchronous } from './power-cuts/numbered-write.ts';
import { whyUntraceable } from './power-cuts/trace-program.ts';

/** `npm run proof -- durability` sets these. */
const isProof = process.env.SHEAF_PROOF === 'durability';
const seed = Number(process.env.SHEAF_PROOF_SEED ?? Date.now() % 1_000_000);
const count = Number(process.env.SHEAF_PROOF_COUNT ?? (isProof ? 200 : 20));
const rounds = isProof ? 30 : 6;
const timeout = isProof ? 1_800_000 : 120_000;
const reason = whyUntraceable();

describe.skipIf(reason !== undefined && !isProof)(`a power cut (seed ${seed}${reason ? `: ${reason}` : ''})`, () => {
  const cut = async (synchronous: Synchronous, instants = count): Promise<PowerCuts> => {
    if (reason !== undefined) throw new Error(`Nothing can be proved on this machine: ${reason}.`);
    const startedAt = performance.now();
    const cuts = await cutPower({ synchronous, seed, count: instants, rounds });
    const { damaged, ...rest } = cuts;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const figures = { proof: 'durability', synchronous, seed, ...rest, damaged: damaged.length, seconds };
    if (isProof) process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(cuts.instants).toBe(instants);
    return cuts;
  };

  it(
    'takes nothing that was acknowledged, where the database is synced with each commit',
    async () => {
      expect((await cut('FULL')).damaged).toEqual([]);
    },
    timeout,
  );

  it(
    'takes the last writes at the most, and leaves no gap, by default',
    async () => {
      expect((await cut('NORMAL')).damaged).toEqual([]);
    },
    timeout,
  );

  it(
    'does damage where nothing is synced: else this would show nothing',
    async () => {
      const { damaged } = await cut('OFF', isProof ? Math.ceil(count / 2) : 2 * count);
      const problems = damaged.flatMap((instant) => instant.problems);
      expect(problems).toContainEqual(expect.stringMatching(/^acknowledged and lost/));
      expect(problems).toContainEqual(expect.stringMatching(/^it cannot be used: .* is not a sound SQLite database/));
    },
    timeout,
  );
});
