import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../test-clock.ts';
import type { ContractHarness } from '../contract-harness.ts';
import { itemRows, lifecycleRows, stepRows, wait } from '../support/run-rows.ts';
import { STEP_TYPE, useSteps } from '../support/use-steps.ts';

const BUSY = { errorCode: 'shop.busy', errorMessage: 'The shop\0 is busy' };

export function stepEndsContract(harness: ContractHarness): void {
  describe(`ending steps on ${harness.name}`, () => {
    const clock = createTestClock();
    const open = useSteps(harness, () => {
      clock.set('2026-05-04T03:02:01.007Z');
      return { clock };
    });

    describe('completing', () => {
      it('ends the step and its item, as completed or as skipped', async () => {
        const { planUnits, claim, steps, scope } = await open();
        await planUnits(2);
        const claims = await claim();
        clock.advance(1000);
        const held = await steps.complete(
          claims.map((step, index) => (index === 0 ? step : { ...step, status: 'skipped' })),
        );
        expect(held.toSorted(byStep)).toEqual(
          claims.map(({ stepId, claimToken }) => ({ stepId, claimToken })).toSorted(byStep),
        );
        expect(await stepRows(scope)).toMatchObject([
          { status: 'completed', ended_at: clock.now(), lease_until: null, error_code: null },
          { status: 'skipped', ended_at: clock.now() },
        ]);
        expect(await itemRows(scope)).toMatchObject([
          { status: 'completed', ended_at: clock.now() },
          { status: 'skipped', ended_at: clock.now() },
        ]);
        expect(await steps.open({ type: STEP_TYPE })).toEqual({ open: 0, running: 0 });
      });

      it('happens once', async () => {
        const { planUnits, claimOne, steps } = await open();
        await planUnits(1);
        const claimed = await claimOne();
        const ends = await Promise.all([
          steps.complete([claimed]),
          steps.complete([{ ...claimed, status: 'skipped' }]),
          steps.fail([{ ...claimed, ...BUSY }]),
        ]);
        expect(ends.flat()).toHaveLength(1);
      });

      it('forgets the error of an earlier attempt', async () => {
        const { planUnits, claimOne, steps, scope } = await open();
        await planUnits(1);
        await steps.fail([{ ...(await claimOne()), ...BUSY, retryInMs: 0 }]);
        await steps.complete([await claimOne()]);
        expect(await stepRows(scope)).toMatchObject([{ status: 'completed', attempt: 2, error_code: null }]);
        expect(await itemRows(scope)).toMatchObject([{ status: 'completed', error_code: null, error_message: null }]);
      });

      it('does nothing for an empty list', async () => {
        const { steps } = await open();
        expect(await steps.complete([])).toEqual([]);
        expect(await steps.fail([])).toEqual([]);
        expect(await steps.hold([])).toEqual([]);
        expect(await steps.renew([], 1000)).toEqual([]);
        await steps.release([]);
      });
    });

    describe('failing', () => {
      it('lets a step wait for its next attempt, no longer and no shorter than asked', async () => {
        const { planUnits, claim, claimOne, steps, scope } = await open();
        await planUnits(1);
        const first = await claimOne();
        expect(await steps.fail([{ ...first, ...BUSY, retryInMs: 400 }])).toEqual([
          { stepId: first.stepId, claimToken: first.claimToken, isFinal: false },
        ]);
        const failedAt = performance.now();
        expect(await stepRows(scope)).toMatchObject([
          { status: 'error', error_code: 'shop.busy', error_message: 'The shop is busy', ended_at: null },
        ]);
        expect(await itemRows(scope)).toMatchObject([{ status: 'error', error_code: 'shop.busy', ended_at: null }]);
        expect(await claim()).toEqual([]);
        const { nextInMs = 0 } = await steps.open({ type: STEP_TYPE });
        expect(nextInMs).toBeGreaterThan(0);
        expect(nextInMs).toBeLessThanOrEqual(400);
        await wait(Math.max(0, 400 - (performance.now() - failedAt)) + 20);
        const second = await claimOne();
        expect(second).toMatchObject({ stepId: first.stepId, attempt: 2 });
        expect(second.claimToken).not.toBe(first.claimToken);
        expect(await itemRows(scope)).toMatchObject([{ status: 'running' }]);
      });

      it('keeps the time at which the first attempt began', async () => {
        const { planUnits, claimOne, steps, scope } = await open();
        await planUnits(1);
        const began = clock.now();
        await steps.fail([{ ...(await claimOne()), ...BUSY, retryInMs: 0 }]);
        clock.advance(60_000);
        await claimOne();
        expect(await stepRows(scope)).toMatchObject([{ started_at: began }]);
        expect(await itemRows(scope)).toMatchObject([{ started_at: began }]);
      });

      it('gives a step up that is not to be tried again, with its item, and tells the lifecycle', async () => {
        const { planUnits, claimOne, steps, scope, runId } = await open();
        await planUnits(1);
        const claimed = await claimOne();
        const began = clock.now();
        clock.advance(1000);
        expect(await steps.fail([{ ...claimed, ...BUSY }])).toEqual([
          { stepId: claimed.stepId, claimToken: claimed.claimToken, isFinal: true },
        ]);
        expect(await stepRows(scope)).toMatchObject([{ status: 'failed', ended_at: clock.now(), lease_until: null }]);
        expect(await itemRows(scope)).toMatchObject([
          { status: 'failed', error_code: 'shop.busy', error_message: 'The shop is busy', ended_at: clock.now() },
        ]);
        const ending = { run_id: runId, item_id: claimed.itemId, status: 'failed', message: 'The shop is busy' };
        expect((await lifecycleRows(scope)).slice(1)).toMatchObject([
          { ...ending, event: 'step_failed', step_id: claimed.stepId, handler: STEP_TYPE, ended_at: clock.now() },
          { ...ending, event: 'item_failed', step_id: null, started_at: began, ended_at: clock.now() },
        ]);
      });

      it('gives a step up that has no attempt left, though it asks for one', async () => {
        const { planUnits, claimOne, steps, scope } = await open();
        await planUnits(1, { maxAttempts: 2 });
        const attempts: boolean[] = [];
        for (const attempt of [1, 2]) {
          const claimed = await claimOne();
          expect(claimed).toMatchObject({ attempt, maxAttempts: 2 });
          attempts.push(...(await steps.fail([{ ...claimed, ...BUSY, retryInMs: 0 }])).map((end) => end.isFinal));
        }
        expect(attempts).toEqual([false, true]);
        expect(await stepRows(scope)).toMatchObject([{ status: 'failed', attempt: 2 }]);
        expect((await lifecycleRows(scope)).map((row) => row.event)).toEqual([
          'group_start',
          'step_failed',
          'item_failed',
        ]);
      });

      it('decides for each step of a batch by itself', async () => {
        const { planUnits, claim, steps, scope } = await open();
        await planUnits(3);
        const [a, b, c] = await claim();
        if (!a || !b || !c) throw new Error('Three steps were to be claimed.');
        await steps.fail([
          { ...a, ...BUSY },
          { ...b, ...BUSY, retryInMs: 0 },
          { ...c, errorCode: 'shop.closed', errorMessage: 'closed', retryInMs: 60_000 },
        ]);
        expect((await stepRows(scope)).map((step) => [step.status, step.error_code])).toEqual([
          ['failed', 'shop.busy'],
          ['error', 'shop.busy'],
          ['error', 'shop.closed'],
        ]);
        expect((await claim()).map((step) => step.stepId)).toEqual([b.stepId]);
      });
    });

    it('leaves no trace of an end whose transaction is undone', async () => {
      const { planUnits, claimOne, scope, data, steps } = await open();
      await planUnits(1);
      const claimed = await claimOne();
      await expect(
        scope.transaction(async (inner) => {
          expect(await data.within(inner).steps.complete([claimed])).toHaveLength(1);
          throw new Error('The result was not written.');
        }),
      ).rejects.toThrow('The result was not written.');
      expect(await stepRows(scope)).toMatchObject([{ status: 'running' }]);
      expect(await itemRows(scope)).toMatchObject([{ status: 'running' }]);
      expect(await steps.complete([claimed])).toHaveLength(1);
    });
  });
}

function byStep(a: { readonly stepId: string }, b: { readonly stepId: string }): number {
  return a.stepId.localeCompare(b.stepId);
}
