import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../test-clock.ts';
import type { ContractHarness } from '../contract-harness.ts';
import { insertDocuments, itemRows, runOf, stepRows, units, wait } from '../support/run-rows.ts';
import { STEP_TYPE, useSteps } from '../support/use-steps.ts';

export function stepClaimsContract(harness: ContractHarness): void {
  describe(`claiming steps on ${harness.name}`, () => {
    const clock = createTestClock();
    const open = useSteps(harness, () => {
      clock.set('2026-05-04T03:02:01.007Z');
      return { clock };
    });

    it('makes steps and items running, for one worker and one attempt', async () => {
      const { planUnits, claim, scope, steps } = await open();
      await planUnits(2);
      const claims = await claim({ workerId: 'worker-7' });
      expect(claims.map(({ attempt, type, variant }) => ({ attempt, type, variant }))).toEqual([
        { attempt: 1, type: STEP_TYPE, variant: 'default' },
        { attempt: 1, type: STEP_TYPE, variant: 'default' },
      ]);
      const rows = await stepRows(scope);
      expect(rows).toMatchObject([
        { status: 'running', attempt: 1, worker_id: 'worker-7', started_at: clock.now(), ended_at: null },
        { status: 'running', attempt: 1, worker_id: 'worker-7', started_at: clock.now() },
      ]);
      expect(rows.map((row) => row.claim_token)).toEqual(claims.map((claimed) => claimed.claimToken));
      expect(await itemRows(scope)).toMatchObject([
        { status: 'running', started_at: clock.now() },
        { status: 'running', started_at: clock.now() },
      ]);
      expect(await steps.open({ type: STEP_TYPE })).toMatchObject({ open: 2, running: 2 });
    });

    it('takes the most urgent first, then the oldest', async () => {
      const { steps, runId, claim } = await open();
      const plan = (unit: string, priority: number) =>
        steps.plan({ runId, type: STEP_TYPE, steps: [{ unit, priority }] });
      await plan('low', -1);
      await plan('old', 0);
      await wait(5);
      await plan('new', 0);
      await plan('urgent', 9);
      const first = await claim({ limit: 3 });
      expect(first.map((step) => step.uri)).toEqual(['urgent', 'old', 'new']);
      expect((await claim()).map((step) => step.uri)).toEqual(['low']);
    });

    it('keeps to the limit, the type and the run', async () => {
      const { steps, runs, planUnits, claim, runId } = await open();
      await planUnits(3);
      const other = await runs.open(runOf());
      await steps.plan({ runId: other.id, type: STEP_TYPE, steps: units(2) });
      await steps.plan({ runId, type: 'weigh', steps: units(1) });
      expect(await claim({ limit: 0 })).toEqual([]);
      expect(await claim({ type: 'unheard-of' })).toEqual([]);
      expect((await claim({ runId: other.id })).map((step) => step.runId)).toEqual([other.id, other.id]);
      expect(await claim({ limit: 2 })).toHaveLength(2);
      expect(await claim()).toHaveLength(1);
      expect(await claim()).toEqual([]);
    });

    it('names the document of a step by its URI', async () => {
      const { steps, runId, scope, claimOne } = await open();
      const [documentId] = (await insertDocuments(scope, ['https://example.com/täg?q=1'])) as [string];
      await steps.plan({ runId, type: STEP_TYPE, steps: [{ documentId }] });
      expect(await claimOne()).toMatchObject({ documentId, uri: 'https://example.com/täg?q=1' });
    });

    it('gives each step to one of many that claim at once', async () => {
      const { planUnits, claim } = await open();
      await planUnits(120);
      const taken: string[] = [];
      const work = async (workerId: string): Promise<void> => {
        for (let empty = 0; empty < 3; ) {
          const claims = await claim({ workerId, limit: 7 });
          taken.push(...claims.map((step) => step.stepId));
          // A claimer may find nothing while others hold what is left.
          if (claims.length === 0) empty += 1;
        }
      };
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(work));
      expect(taken).toHaveLength(120);
      expect(new Set(taken).size).toBe(120);
    });

    it('sees no step of another workspace', async () => {
      const { planUnits, claim, data, claimOne, scope } = await open();
      await planUnits(2);
      const other = await data.repositories('other');
      const request = { type: STEP_TYPE, workerId: 'worker-1', limit: 9, leaseMs: 60_000 };
      expect(await other.steps.claim(request)).toEqual([]);
      expect(await other.steps.open({ type: STEP_TYPE })).toEqual({ open: 0, running: 0 });
      const claimed = await claimOne();
      expect(await other.steps.hold([claimed])).toEqual([]);
      expect(await other.steps.renew([claimed], 60_000)).toEqual([]);
      expect(await other.steps.complete([claimed])).toEqual([]);
      expect(await other.steps.fail([{ ...claimed, errorCode: 'x.y', errorMessage: 'z' }])).toEqual([]);
      await other.steps.release([claimed]);
      expect((await stepRows(scope)).map((step) => step.status)).toEqual(['running', 'pending']);
      expect(await claim()).toHaveLength(1);
    });

    describe('what is open', () => {
      it('is nothing, without a time, where nothing is planned', async () => {
        const { steps } = await open();
        expect(await steps.open({ type: STEP_TYPE })).toEqual({ open: 0, running: 0 });
      });

      it('is counted for a type and for runs', async () => {
        const { steps, runs, planUnits, runId } = await open();
        await planUnits(3);
        const other = await runs.open(runOf());
        await steps.plan({ runId: other.id, type: STEP_TYPE, steps: units(2) });
        await steps.plan({ runId: other.id, type: 'weigh', steps: units(4) });
        expect(await steps.open({ type: STEP_TYPE })).toEqual({ open: 5, running: 0, nextInMs: 0 });
        expect(await steps.open({ type: STEP_TYPE, runIds: [other.id] })).toMatchObject({ open: 2 });
        expect(await steps.open({ type: STEP_TYPE, runIds: [other.id, runId] })).toMatchObject({ open: 5 });
        expect(await steps.open({ type: STEP_TYPE, runIds: [] })).toEqual({ open: 0, running: 0 });
      });

      it('says when the next lease ends or attempt begins', async () => {
        const { steps, planUnits, claim } = await open();
        await planUnits(2);
        const [first, second] = await claim({ leaseMs: 90_000 });
        if (!first || !second) throw new Error('Two steps were to be claimed.');
        const leased = await steps.open({ type: STEP_TYPE });
        expect(leased).toMatchObject({ open: 2, running: 2 });
        expect(leased.nextInMs).toBeGreaterThan(60_000);
        expect(leased.nextInMs).toBeLessThanOrEqual(90_000);
        await steps.fail([{ ...first, errorCode: 'x.busy', errorMessage: 'busy', retryInMs: 30_000 }]);
        const retrying = await steps.open({ type: STEP_TYPE });
        expect(retrying).toMatchObject({ open: 2, running: 1 });
        expect(retrying.nextInMs).toBeGreaterThan(10_000);
        expect(retrying.nextInMs).toBeLessThanOrEqual(30_000);
      });
    });
  });
}
