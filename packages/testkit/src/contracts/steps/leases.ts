import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../test-clock.ts';
import type { ContractHarness } from '../contract-harness.ts';
import { itemRows, lifecycleRows, stepRows, wait } from '../support/run-rows.ts';
import { STEP_TYPE, useSteps } from '../support/use-steps.ts';

const SHORT = { leaseMs: 1 };

export function stepLeasesContract(harness: ContractHarness): void {
  describe(`leases of steps on ${harness.name}`, () => {
    const clock = createTestClock();
    const open = useSteps(harness, () => {
      clock.set('2026-05-04T03:02:01.007Z');
      return { clock };
    });

    it('hold until they end, whatever the clock of the application says', async () => {
      const { planUnits, claim, steps, scope } = await open();
      await planUnits(2);
      await claim({ leaseMs: 60_000 });
      clock.set('2199-01-01T00:00:00.000Z');
      expect(await steps.sweep(STEP_TYPE)).toBe(0);
      expect((await stepRows(scope)).map((step) => step.status)).toEqual(['running', 'running']);
    });

    it('give the step back when they end, and the attempt counts', async () => {
      const { planUnits, claimOne, steps, scope } = await open();
      await planUnits(1);
      const lost = await claimOne(SHORT);
      await wait(30);
      expect(await steps.sweep(STEP_TYPE)).toBe(1);
      expect(await steps.sweep(STEP_TYPE)).toBe(0);
      expect(await stepRows(scope)).toMatchObject([
        { status: 'pending', attempt: 1, claim_token: null, ended_at: null },
      ]);
      expect(await itemRows(scope)).toMatchObject([{ status: 'pending', ended_at: null }]);
      expect(await claimOne()).toMatchObject({ stepId: lost.stepId, attempt: 2 });
    });

    it('give the step back when they end with the last attempt too, to be failed by who claims it', async () => {
      const { planUnits, claimOne, steps, scope } = await open();
      await planUnits(1, { maxAttempts: 1 });
      const lost = await claimOne(SHORT);
      await wait(30);
      expect(await steps.sweep(STEP_TYPE)).toBe(1);
      expect(await stepRows(scope)).toMatchObject([{ status: 'pending', attempt: 1, ended_at: null }]);
      const spent = await claimOne();
      expect(spent).toMatchObject({ stepId: lost.stepId, attempt: 2, maxAttempts: 1 });
      await steps.fail([{ ...spent, errorCode: 'engine.worker-lost', errorMessage: 'lost', retryInMs: 0 }]);
      expect(await stepRows(scope)).toMatchObject([{ status: 'failed', error_code: 'engine.worker-lost' }]);
      expect((await lifecycleRows(scope)).slice(1)).toMatchObject([
        { event: 'step_failed', step_id: lost.stepId },
        { event: 'item_failed', item_id: lost.itemId },
      ]);
    });

    it('are swept for one type and one workspace', async () => {
      const { planUnits, claimOne, steps, data, scope } = await open();
      await planUnits(1);
      await claimOne(SHORT);
      await wait(30);
      expect(await steps.sweep('weigh')).toBe(0);
      const other = await data.repositories('other');
      expect(await other.steps.sweep(STEP_TYPE)).toBe(0);
      expect(await stepRows(scope)).toMatchObject([{ status: 'running' }]);
    });

    it('are swept once by those who sweep at once', async () => {
      const { planUnits, claim, steps } = await open();
      await planUnits(40);
      await claim(SHORT);
      await wait(30);
      const swept = await Promise.all([1, 2, 3, 4].map(() => steps.sweep(STEP_TYPE)));
      expect(swept.reduce((sum, count) => sum + count, 0)).toBe(40);
    });

    it('are extended by renewing', async () => {
      const { planUnits, claim, steps } = await open();
      await planUnits(2);
      const [renewed, forgotten] = await claim(SHORT);
      if (!renewed || !forgotten) throw new Error('Two steps were to be claimed.');
      expect(await steps.renew([renewed], 60_000)).toEqual([
        { stepId: renewed.stepId, claimToken: renewed.claimToken },
      ]);
      await wait(30);
      expect(await steps.sweep(STEP_TYPE)).toBe(1);
      expect(await steps.hold([renewed, forgotten])).toEqual([
        { stepId: renewed.stepId, claimToken: renewed.claimToken },
      ]);
    });

    it('do not matter while nobody has swept: a late worker still ends its step', async () => {
      const { planUnits, claimOne, steps } = await open();
      await planUnits(1);
      const late = await claimOne(SHORT);
      await wait(30);
      expect(await steps.hold([late])).toHaveLength(1);
      expect(await steps.complete([late])).toHaveLength(1);
      expect(await steps.sweep(STEP_TYPE)).toBe(0);
    });

    describe('a claim that was lost', () => {
      it('writes nothing after a sweep', async () => {
        const { planUnits, claimOne, steps, scope } = await open();
        await planUnits(1);
        const lost = await claimOne(SHORT);
        await wait(30);
        await steps.sweep(STEP_TYPE);
        const before = await stepRows(scope);
        expect(await steps.hold([lost])).toEqual([]);
        expect(await steps.renew([lost], 60_000)).toEqual([]);
        expect(await steps.complete([lost])).toEqual([]);
        expect(await steps.fail([{ ...lost, errorCode: 'x.y', errorMessage: 'z' }])).toEqual([]);
        await steps.release([lost]);
        expect(await stepRows(scope)).toEqual(before);
        expect((await lifecycleRows(scope)).map((row) => row.event)).toEqual(['group_start']);
      });

      it('writes nothing while another worker has the step', async () => {
        const { planUnits, claimOne, steps, scope } = await open();
        await planUnits(1);
        const lost = await claimOne(SHORT);
        await wait(30);
        await steps.sweep(STEP_TYPE);
        const current = await claimOne({ workerId: 'worker-2' });
        expect(current.stepId).toBe(lost.stepId);
        const before = await stepRows(scope);
        expect(await steps.complete([lost])).toEqual([]);
        expect(await steps.fail([{ ...lost, errorCode: 'x.y', errorMessage: 'z', retryInMs: 0 }])).toEqual([]);
        expect(await steps.renew([lost], 1)).toEqual([]);
        await steps.release([lost]);
        expect(await stepRows(scope)).toEqual(before);
        expect(await steps.complete([lost, current])).toEqual([
          { stepId: current.stepId, claimToken: current.claimToken },
        ]);
      });
    });

    describe('released', () => {
      it('leave the step as it was before it was claimed', async () => {
        const { planUnits, claim, claimOne, steps, scope } = await open();
        await planUnits(1);
        const claimed = await claimOne();
        await steps.release([claimed]);
        expect(await stepRows(scope)).toMatchObject([
          { status: 'pending', attempt: 0, worker_id: null, claim_token: null, lease_until: null, started_at: null },
        ]);
        expect(await itemRows(scope)).toMatchObject([{ status: 'pending' }]);
        expect(await steps.complete([claimed])).toEqual([]);
        expect(await claim()).toMatchObject([{ stepId: claimed.stepId, attempt: 1 }]);
      });

      it('do not count the attempt of a second claim either', async () => {
        const { planUnits, claimOne, steps } = await open();
        await planUnits(1);
        await steps.fail([{ ...(await claimOne()), errorCode: 'x.busy', errorMessage: 'busy', retryInMs: 0 }]);
        await steps.release([await claimOne()]);
        expect(await claimOne()).toMatchObject({ attempt: 2 });
      });
    });
  });
}
