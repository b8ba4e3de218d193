import { contentHash } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { runOf } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

/** What `ArtifactRepository` promises, whatever the database. */
export function artifactsContract(harness: ContractHarness): void {
  describe(`artifacts on ${harness.name}`, () => {
    const clock = createTestClock();
    const data = useData(harness, () => ({ clock }));
    const open = async () => {
      const repositories = await data().repositories();
      const store = async (text: string) => {
        const staged = await repositories.contents.stage(new TextEncoder().encode(text));
        await repositories.contents.record([staged]);
        return staged.hash;
      };
      return { ...repositories, store };
    };
    const key = { inputHash: contentHash('input'), kind: 'markdown', configHash: contentHash('config') };

    it('are found by input, kind and configuration', async () => {
      const { artifacts, runs, store } = await open();
      const { id: runId } = await runs.open(runOf());
      const hash = await store('# Title');
      await artifacts.record([{ ...key, contentHash: hash, runId, meta: { words: 1, note: 'a\0b' } }]);
      expect(await artifacts.find(key)).toEqual({
        ...key,
        contentHash: hash,
        runId,
        createdAt: clock.now(),
        meta: { words: 1, note: 'ab' },
      });
      for (const other of [{ kind: 'links' }, { configHash: 'c' }, { inputHash: 'i' }]) {
        expect(await artifacts.find({ ...key, ...other })).toBeUndefined();
      }
    });

    it('stay as they were recorded first', async () => {
      const { artifacts, store } = await open();
      const [first, second] = [await store('first'), await store('second')];
      await artifacts.record([
        { ...key, contentHash: first },
        { ...key, contentHash: second },
      ]);
      await artifacts.record([{ ...key, contentHash: second, meta: { late: true } }]);
      expect(await artifacts.find(key)).toMatchObject({ contentHash: first, runId: null, meta: null });
    });

    it('of one input are listed by kind and configuration', async () => {
      const { artifacts, store } = await open();
      const hash = await store('text');
      await artifacts.record([
        { ...key, kind: 'metadata', contentHash: hash },
        { ...key, configHash: 'b', contentHash: hash },
        { ...key, configHash: 'a', contentHash: hash },
        { ...key, inputHash: 'other', contentHash: hash },
      ]);
      expect((await artifacts.ofInput(key.inputHash)).map(({ kind, configHash }) => [kind, configHash])).toEqual([
        ['markdown', 'a'],
        ['markdown', 'b'],
        ['metadata', key.configHash],
      ]);
      expect(await artifacts.ofInput('unknown')).toEqual([]);
      await artifacts.record([]);
    });

    it('cannot name content that is not recorded', async () => {
      const { artifacts } = await open();
      await expect(artifacts.record([{ ...key, contentHash: contentHash('never') }])).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
    });
  });
}
