import type { FrontierEntry } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { runOf } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

function entry(path: string, depth = 0, foundAt: string | null = null): FrontierEntry {
  return { uri: `https://example.com/${path}`, depth, foundAt };
}

/** What `FrontierRepository` promises, whatever the database. */
export function frontierContract(harness: ContractHarness): void {
  describe(`the frontier on ${harness.name}`, () => {
    const data = useData(harness);
    const open = async () => {
      const { frontier, runs } = await data().repositories();
      const { id: runId } = await runs.open(runOf());
      return { frontier, runs, runId };
    };
    const NONE = { pending: 0, running: 0, completed: 0, failed: 0, skipped: 0 };

    it('gives entries nearest first, and in the order of discovery at one depth', async () => {
      const { frontier, runId } = await open();
      await frontier.add(runId, [entry('deep', 2), entry('b', 1), entry('a', 1, 'https://example.com/')]);
      await frontier.add(runId, [entry('later', 1), entry('home')]);
      expect(await frontier.take(runId, 3)).toEqual([
        entry('home'),
        entry('b', 1),
        entry('a', 1, 'https://example.com/'),
      ]);
      expect(await frontier.take(runId, 9)).toEqual([entry('later', 1), entry('deep', 2)]);
      expect(await frontier.take(runId, 9)).toEqual([]);
    });

    it('keeps that order behind entries that have been taken and settled', async () => {
      const { frontier, runId } = await open();
      await frontier.add(runId, [entry('a', 1), entry('b', 1), entry('c', 1)]);
      const taken = await frontier.take(runId, 3);
      await frontier.settle(runId, [
        { uri: taken[0]?.uri ?? '', state: 'completed' },
        { uri: taken[1]?.uri ?? '', state: 'failed' },
      ]);
      await frontier.add(runId, [entry('e', 1), entry('d', 1)]);
      await frontier.reopen(runId);
      expect(await frontier.take(runId, 9)).toEqual([entry('c', 1), entry('e', 1), entry('d', 1)]);
    });

    it('meets an entry once, and says how many were new', async () => {
      const { frontier, runId } = await open();
      expect(await frontier.add(runId, [entry('a'), entry('b'), entry('a')])).toBe(2);
      await frontier.take(runId, 1);
      expect(await frontier.add(runId, [entry('a', 3), entry('b'), entry('c', 1)])).toBe(1);
      expect(await frontier.add(runId, [])).toBe(0);
      expect(await frontier.counts(runId)).toEqual({ ...NONE, pending: 2, running: 1 });
    });

    it('tells URIs apart that differ in anything, however long they are', async () => {
      const { frontier, runId } = await open();
      const long = 'x'.repeat(9000);
      const uris = [entry('A'), entry('a'), entry(`${long}1`), entry(`${long}2`)];
      expect(await frontier.add(runId, uris)).toBe(4);
      expect(await frontier.take(runId, 9)).toEqual(uris);
    });

    it('counts entries by their state', async () => {
      const { frontier, runId } = await open();
      expect(await frontier.counts(runId)).toEqual(NONE);
      await frontier.add(
        runId,
        ['a', 'b', 'c', 'd', 'e'].map((path) => entry(path)),
      );
      await frontier.take(runId, 4);
      await frontier.settle(runId, [
        { uri: entry('a').uri, state: 'completed' },
        { uri: entry('b').uri, state: 'failed' },
        { uri: entry('c').uri, state: 'skipped' },
      ]);
      await frontier.settle(runId, []);
      expect(await frontier.counts(runId)).toEqual({ pending: 1, running: 1, completed: 1, failed: 1, skipped: 1 });
    });

    it('takes up again what was running at an interruption', async () => {
      const { frontier, runId } = await open();
      await frontier.add(runId, [entry('a'), entry('b'), entry('c')]);
      const taken = await frontier.take(runId, 2);
      await frontier.settle(runId, [{ uri: taken[0]?.uri ?? '', state: 'completed' }]);
      expect(await frontier.reopen(runId)).toBe(1);
      expect(await frontier.take(runId, 9)).toEqual([entry('b'), entry('c')]);
    });

    it('gives each entry to one of those that take at once', async () => {
      const { frontier, runId } = await open();
      await frontier.add(
        runId,
        Array.from({ length: 60 }, (_, index) => entry(String(index), index % 3)),
      );
      const taken: string[] = [];
      const work = async (): Promise<void> => {
        for (let empty = 0; empty < 3; ) {
          const entries = await frontier.take(runId, 5);
          taken.push(...entries.map(({ uri }) => uri));
          if (entries.length === 0) empty += 1;
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      expect(taken).toHaveLength(60);
      expect(new Set(taken).size).toBe(60);
    });

    it('belongs to one run of one workspace', async () => {
      const { frontier, runs, runId } = await open();
      const other = await runs.open(runOf());
      await frontier.add(runId, [entry('a')]);
      await frontier.add(other.id, [entry('a'), entry('b')]);
      const elsewhere = (await data().repositories('other')).frontier;
      expect(await elsewhere.take(runId, 9)).toEqual([]);
      await elsewhere.clear(runId);
      await frontier.clear(runId);
      expect(await frontier.counts(runId)).toEqual(NONE);
      expect(await frontier.counts(other.id)).toEqual({ ...NONE, pending: 2 });
      await expect(elsewhere.add(runId, [entry('c')])).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
    });
  });
}
