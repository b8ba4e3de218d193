import { createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { useData } from './support/use-data.ts';

/** What `BatchRepository` promises, whatever the database. */
export function batchesContract(harness: ContractHarness): void {
  describe(`batches on ${harness.name}`, () => {
    const clock = createTestClock();
    const data = useData(harness, () => ({ clock }));

    it('have a beginning, what they were started with, and one end', async () => {
      const { batches, sources } = await data().repositories();
      const source = await sources.ensure({ kind: 'upload', uri: 'upload:1' });
      const batch = await batches.start({ name: 'Imp\0ort', sourceId: source.id, params: { files: ['a'] } });
      expect(batch).toEqual({
        id: expect.any(String),
        name: 'Import',
        sourceId: source.id,
        params: { files: ['a'] },
        startedAt: clock.now(),
        endedAt: null,
      });
      expect(await batches.find(batch.id)).toEqual(batch);
      const end = clock.advance(1000);
      await batches.end(batch.id);
      clock.advance(1000);
      await batches.end(batch.id);
      expect(await batches.find(batch.id)).toEqual({ ...batch, endedAt: end });
    });

    it('need neither name nor source nor parameters', async () => {
      const { batches } = await data().repositories();
      const { id } = await batches.start({});
      expect(await batches.find(id)).toMatchObject({ name: null, sourceId: null, params: null });
    });

    it('that do not exist cannot be ended, and no batch names an unknown source', async () => {
      const { batches } = await data().repositories();
      await expect(batches.end(createId())).rejects.toMatchObject({ code: 'db.not-found' });
      expect(await batches.find(createId())).toBeUndefined();
      await expect(batches.start({ sourceId: createId() })).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
    });
  });
}
