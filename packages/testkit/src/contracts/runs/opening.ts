import { describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { lifecycleRows, runOf, wait } from '../support/run-rows.ts';
import { useRuns } from '../support/use-runs.ts';

export function runOpeningContract(harness: ContractHarness): void {
  describe(`opening runs on ${harness.name}`, () => {
    const { clock, data, open } = useRuns(harness);

    describe('opening', () => {
      it('makes a running run with its input, and says so once in the lifecycle', async () => {
        const { runs, scope } = await open();
        const { id, isResumed } = await runs.open(runOf({ input: { shelf: 'té', rows: [1, 2] }, actor: 'ana' }));
        expect(isResumed).toBe(false);
        expect(await runs.find(id)).toEqual({
          id,
          tool: 'shop.count',
          kind: 'tool',
          input: { shelf: 'té', rows: [1, 2] },
          actor: 'ana',
          status: 'running',
          items: { total: 0, completed: 0, failed: 0, skipped: 0, canceled: 0 },
          output: null,
          errorCode: null,
          errorMessage: null,
          createdAt: clock.now(),
          startedAt: clock.now(),
          endedAt: null,
        });
        expect(await lifecycleRows(scope)).toMatchObject([
          { run_id: id, event: 'group_start', handler: 'shop.count', status: 'running', started_at: clock.now() },
        ]);
      });

      it('resumes a run that was let go of, without a second beginning', async () => {
        const { runs, scope } = await open();
        const first = await runs.open(runOf());
        await runs.release(first.id, 'worker-1');
        const second = await runs.open(runOf({ resume: true, workerId: 'worker-2' }));
        expect(second).toEqual({ id: first.id, isResumed: true });
        expect(await lifecycleRows(scope)).toHaveLength(1);
        expect(await runs.renew(first.id, 'worker-2', 1000)).toBe(true);
        expect(await runs.renew(first.id, 'worker-1', 1000)).toBe(false);
      });

      it('resumes a run whose lease is over', async () => {
        const { runs } = await open();
        const first = await runs.open(runOf({ leaseMs: 1 }));
        await wait(30);
        expect(await runs.open(runOf({ resume: true }))).toEqual({ id: first.id, isResumed: true });
      });

      it('resumes the newest of several interrupted runs', async () => {
        const { runs } = await open();
        const older = await runs.open(runOf());
        const newer = await runs.open(runOf());
        await runs.release(older.id, 'worker-1');
        await runs.release(newer.id, 'worker-1');
        expect((await runs.open(runOf({ resume: true }))).id).toBe(newer.id);
      });

      it('makes another run while the lease of the first holds', async () => {
        const { runs } = await open();
        const first = await runs.open(runOf());
        const second = await runs.open(runOf({ resume: true, workerId: 'worker-2' }));
        expect(second.isResumed).toBe(false);
        expect(second.id).not.toBe(first.id);
      });

      it.each([
        ['that the caller does not want to resume', { resume: false }],
        ['of another tool', { tool: 'shop.sort' }],
        ['of another input', { inputDigest: 'digest-of-coffee' }],
      ])('does not resume a run %s', async (_, difference) => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.release(id, 'worker-1');
        expect((await runs.open(runOf({ resume: true, ...difference }))).isResumed).toBe(false);
      });

      it.each(['completed', 'failed', 'canceled'] as const)('does not resume a run that is %s', async (status) => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.finish({ runId: id, status });
        expect((await runs.open(runOf({ resume: true }))).isResumed).toBe(false);
      });

      it('does not resume the run of another workspace', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.release(id, 'worker-1');
        const other = await data().repositories('other');
        expect((await other.runs.open(runOf({ resume: true }))).isResumed).toBe(false);
      });

      it('gives an interrupted run to one of those who ask at once', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.release(id, 'worker-1');
        const opened = await Promise.all(
          [1, 2, 3, 4].map((number) => runs.open(runOf({ resume: true, workerId: `worker-${number}` }))),
        );
        expect(opened.filter((run) => run.isResumed).map((run) => run.id)).toEqual([id]);
        expect(new Set(opened.map((run) => run.id)).size).toBe(4);
      });
    });

    describe('leases', () => {
      it('are extended by renewing', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf({ leaseMs: 1 }));
        expect(await runs.renew(id, 'worker-1', 60_000)).toBe(true);
        await wait(30);
        expect((await runs.open(runOf({ resume: true }))).isResumed).toBe(false);
      });

      it('are not let go of by another worker', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.release(id, 'worker-2');
        expect(await runs.renew(id, 'worker-1', 1000)).toBe(true);
      });

      it('end with the run', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.cancel(id);
        expect(await runs.renew(id, 'worker-1', 1000)).toBe(false);
      });
    });
  });
}
