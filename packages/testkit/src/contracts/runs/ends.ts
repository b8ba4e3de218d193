import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { itemRows, lifecycleRows, runOf, stepRows, units, wait } from '../support/run-rows.ts';
import { UNKNOWN_RUN, useRuns } from '../support/use-runs.ts';

export function runEndsContract(harness: ContractHarness): void {
  describe(`ending runs on ${harness.name}`, () => {
    const { clock, data, open } = useRuns(harness);

    describe('finishing', () => {
      it('derives the counts from the items and keeps output and error', async () => {
        const { runs, steps, scope } = await open();
        const { id } = await runs.open(runOf());
        await steps.plan({ runId: id, type: 'count', maxAttempts: 1, steps: units(6) });
        const claims = await steps.claim({ type: 'count', workerId: 'worker-1', limit: 6, leaseMs: 60_000 });
        await steps.complete(claims.slice(0, 3));
        await steps.complete(claims.slice(3, 4).map((claim) => ({ ...claim, status: 'skipped' })));
        await steps.fail(
          claims.slice(4).map((claim) => ({ ...claim, errorCode: 'shop.closed', errorMessage: 'closed' })),
        );
        clock.advance(5000);
        const record = await runs.finish({ runId: id, status: 'completed', output: { counted: 3 } });
        expect(record).toMatchObject({
          status: 'completed',
          items: { total: 6, completed: 3, failed: 2, skipped: 1, canceled: 0 },
          output: { counted: 3 },
          errorCode: null,
          endedAt: clock.now(),
        });
        expect(await runs.find(id)).toEqual(record);
        expect((await lifecycleRows(scope)).filter((row) => row.event === 'group_end')).toMatchObject([
          { run_id: id, handler: 'shop.count', status: 'completed', ended_at: clock.now() },
        ]);
      });

      it('does not count a run with open items as completed', async () => {
        const { runs, steps } = await open();
        const { id } = await runs.open(runOf());
        await steps.plan({ runId: id, type: 'count', steps: units(2) });
        await expect(runs.finish({ runId: id, status: 'completed' })).rejects.toMatchObject({
          code: 'db.invalid-transition',
          details: { from: 'running', to: 'completed' },
        });
        expect(await runs.find(id)).toMatchObject({ status: 'running', endedAt: null });
      });

      it('cancels what is open of a run that failed', async () => {
        const { runs, steps, scope } = await open();
        const { id } = await runs.open(runOf());
        await steps.plan({ runId: id, type: 'count', steps: units(3) });
        const [claim] = await steps.claim({ type: 'count', workerId: 'worker-1', limit: 1, leaseMs: 60_000 });
        await steps.complete(claim ? [claim] : []);
        const record = await runs.finish({
          runId: id,
          status: 'failed',
          errorCode: 'shop.fire',
          errorMessage: 'The shop\0 burns',
        });
        expect(record).toMatchObject({
          status: 'failed',
          errorCode: 'shop.fire',
          errorMessage: 'The shop burns',
          items: { total: 3, completed: 1, failed: 0, skipped: 0, canceled: 2 },
        });
        expect((await stepRows(scope)).map((step) => step.status)).toEqual(['completed', 'canceled', 'canceled']);
        expect((await itemRows(scope)).map((item) => item.status)).toEqual(['completed', 'canceled', 'canceled']);
      });

      it('removes what a canceled run had still to visit, and nothing of another run', async () => {
        const { runs, frontier } = await open();
        const { id } = await runs.open(runOf());
        const { id: other } = await runs.open(runOf({ inputDigest: 'other' }));
        for (const runId of [id, other]) {
          await frontier.add(runId, [{ uri: 'https://shop.example/', depth: 0, foundAt: null }]);
        }
        await runs.cancel(id);
        expect((await frontier.counts(id)).pending).toBe(0);
        expect((await frontier.counts(other)).pending).toBe(1);
      });

      it('happens once: the second end changes nothing', async () => {
        const { runs, scope } = await open();
        const { id } = await runs.open(runOf());
        const first = await runs.finish({ runId: id, status: 'failed', errorCode: 'shop.fire' });
        clock.advance(1000);
        expect(await runs.finish({ runId: id, status: 'completed', output: 1 })).toEqual(first);
        expect(await runs.cancel(id)).toBe(false);
        expect((await lifecycleRows(scope)).map((row) => row.event)).toEqual(['group_start', 'group_end']);
      });

      it('happens once when several finish at once', async () => {
        const { runs, scope } = await open();
        const { id } = await runs.open(runOf());
        const records = await Promise.all([
          runs.finish({ runId: id, status: 'completed', output: 'first' }),
          runs.finish({ runId: id, status: 'failed', errorCode: 'shop.fire' }),
          runs.finish({ runId: id, status: 'completed', output: 'third' }),
        ]);
        expect(new Set(records.map((record) => JSON.stringify(record))).size).toBe(1);
        expect((await lifecycleRows(scope)).map((row) => row.event)).toEqual(['group_start', 'group_end']);
      });

      it('waits for a planner that came first, and then sees what it planned', async () => {
        const { runs, scope } = await open();
        const { id } = await runs.open(runOf());
        let finishing: Promise<unknown> | undefined;
        await scope.transaction(async (inner) => {
          await data()
            .within(inner)
            .steps.plan({ runId: id, type: 'count', steps: units(1) });
          finishing = runs.finish({ runId: id, status: 'completed' }).then(
            () => 'finished',
            (error: { readonly code?: string }) => error.code,
          );
          await wait(100);
        });
        expect(await finishing).toBe('db.invalid-transition');
      });

      it('is refused for a run that is not there', async () => {
        const { runs } = await open();
        await expect(runs.finish({ runId: UNKNOWN_RUN, status: 'completed' })).rejects.toMatchObject({
          code: 'db.not-found',
        });
        const { id } = await runs.open(runOf());
        const other = await data().repositories('other');
        await expect(other.runs.finish({ runId: id, status: 'completed' })).rejects.toMatchObject({
          code: 'db.not-found',
        });
        expect(await runs.find(id)).toMatchObject({ status: 'running' });
      });
    });

    describe('canceling', () => {
      it.each(['pending', 'running'])('works from %s', async (status) => {
        const { runs, scope } = await open();
        const { id } = await runs.open(runOf());
        await scope.sql.execute(sql`UPDATE runs SET status = ${status} WHERE id = ${id}`);
        expect(await runs.cancel(id, 'enough')).toBe(true);
        expect(await runs.find(id)).toMatchObject({ status: 'canceled', errorMessage: 'enough', endedAt: clock.now() });
        expect((await lifecycleRows(scope)).at(-1)).toMatchObject({ event: 'group_end', status: 'canceled' });
      });

      it.each(['completed', 'failed', 'canceled'] as const)('leaves a run alone that is %s', async (status) => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        const before = await runs.finish({ runId: id, status });
        expect(await runs.cancel(id)).toBe(false);
        expect(await runs.find(id)).toEqual(before);
      });

      it('ends items and steps from each open status, and leaves those that have ended', async () => {
        const { runs, steps, scope } = await open();
        const { id } = await runs.open(runOf());
        await steps.plan({ runId: id, type: 'count', steps: units(4) });
        const claims = await steps.claim({ type: 'count', workerId: 'worker-1', limit: 3, leaseMs: 60_000 });
        const [completed, waiting, running] = claims;
        if (!completed || !waiting || !running) throw new Error('Three steps were to be claimed.');
        await steps.complete([completed]);
        await steps.fail([{ ...waiting, errorCode: 'shop.busy', errorMessage: 'busy', retryInMs: 60_000 }]);
        expect((await stepRows(scope)).map((step) => step.status)).toEqual([
          'completed',
          'error',
          'running',
          'pending',
        ]);
        expect(await runs.cancel(id)).toBe(true);
        const expected = ['completed', 'canceled', 'canceled', 'canceled'];
        expect((await stepRows(scope)).map((step) => step.status)).toEqual(expected);
        expect((await itemRows(scope)).map((item) => item.status)).toEqual(expected);
        expect(await runs.find(id)).toMatchObject({ items: { total: 4, completed: 1, canceled: 3 } });
        expect(await steps.complete([running])).toEqual([]);
        expect(await steps.claim({ type: 'count', workerId: 'worker-1', limit: 9, leaseMs: 60_000 })).toEqual([]);
      });

      it('is refused for a run that is not there', async () => {
        const { runs } = await open();
        await expect(runs.cancel(UNKNOWN_RUN)).rejects.toMatchObject({ code: 'db.not-found' });
      });
    });
  });
}
