import { describe, expect, it } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { itemRows, runOf, stepRows, units, wait } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const CLAIM = { type: 'count', limit: 9, leaseMs: 60_000 };

/** What `WorkerRepository` promises, whatever the database. */
export function workersContract(harness: ContractHarness): void {
  describe(`workers on ${harness.name}`, () => {
    const data = useData(harness);

    it('are registered by their first check-in and refreshed by the next', async () => {
      const { workers } = data().service;
      await workers.checkIn({ id: 'worker-1', host: 'north', pid: 11 });
      await wait(15);
      await workers.checkIn({ id: 'worker-2', host: 'south', pid: 22 });
      const [before] = await workers.list();
      await wait(15);
      await workers.checkIn({ id: 'worker-1', host: 'north', pid: 11 });
      const listed = await workers.list();
      expect(listed).toMatchObject([
        { id: 'worker-1', host: 'north', pid: 11, firstSeenAt: before?.firstSeenAt },
        { id: 'worker-2', host: 'south', pid: 22 },
      ]);
      expect(listed[0]?.lastSeenAt.getTime()).toBeGreaterThan(before?.lastSeenAt.getTime() ?? Number.NaN);
    });

    it('check in by the clock of the database', async () => {
      const { workers } = data().service;
      await workers.checkIn({ id: 'worker-1', host: 'north', pid: 11 });
      const [worker] = await workers.list();
      expect(Math.abs(Date.now() - (worker?.lastSeenAt.getTime() ?? 0))).toBeLessThan(10_000);
    });

    it('give back their steps and runs in all workspaces when they are taken off the list', async () => {
      const { workers } = data().service;
      await workers.checkIn({ id: 'lost', host: 'north', pid: 11 });
      await workers.checkIn({ id: 'alive', host: 'south', pid: 22 });
      const runIds: string[] = [];
      for (const slug of ['default', 'other']) {
        const { runs, steps } = await data().repositories(slug);
        const { id } = await runs.open(runOf({ workerId: 'lost' }));
        runIds.push(id);
        await steps.plan({ runId: id, type: 'count', steps: units(2) });
        await steps.claim({ ...CLAIM, workerId: 'lost', limit: 1 });
        await steps.claim({ ...CLAIM, workerId: 'alive', limit: 1 });
      }
      await workers.remove('lost');
      expect((await workers.list()).map((worker) => worker.id)).toEqual(['alive']);
      for (const [index, slug] of ['default', 'other'].entries()) {
        const scope = await data().scope(slug);
        const { runs } = data().within(scope);
        const rows = await stepRows(scope);
        expect(rows.map((row) => [row.status, row.attempt, row.worker_id])).toEqual([
          ['pending', 1, 'lost'],
          ['running', 1, 'alive'],
        ]);
        expect((await itemRows(scope)).map((row) => row.status)).toEqual(['pending', 'running']);
        expect(await runs.open(runOf({ workerId: 'alive', resume: true }))).toEqual({
          id: runIds[index],
          isResumed: true,
        });
      }
    });

    it('that nobody knows can be taken off the list as well', async () => {
      await data().service.workers.remove('nobody');
      expect(await data().service.workers.list()).toEqual([]);
    });
  });
}
