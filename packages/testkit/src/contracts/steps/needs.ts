import { describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { insertChain, itemRows, lifecycleRows, stepRows, wait } from '../support/run-rows.ts';
import { type OpenedSteps, STEP_TYPE, useSteps } from '../support/use-steps.ts';

const FAILED = { errorCode: 'shop.closed', errorMessage: 'closed' };

export function stepNeedsContract(harness: ContractHarness): void {
  describe(`steps that need others on ${harness.name}`, () => {
    const openSteps = useSteps(harness);
    const open = async (
      steps: Readonly<Record<string, readonly string[]>>,
      options: { hasOwnItems?: boolean } = {},
    ) => {
      const opened = await openSteps();
      const idOf = await insertChain(opened.scope, { runId: opened.runId, type: STEP_TYPE, steps, ...options });
      return { ...opened, ...namesOf(opened, idOf) };
    };

    it('are claimable only when the ones they need have completed', async () => {
      const { steps, claim, claimedNames, statusOf } = await open({ fetch: [], clean: ['fetch'], count: ['clean'] });
      for (const name of ['fetch', 'clean', 'count']) {
        const claims = await claim();
        expect(claimedNames(claims)).toEqual([name]);
        expect(await claim()).toEqual([]);
        expect(await steps.complete(claims)).toHaveLength(1);
      }
      expect(await statusOf()).toEqual({ fetch: 'completed', clean: 'completed', count: 'completed' });
    });

    it('keep their item running until the last has ended', async () => {
      const { steps, claim, scope } = await open({ fetch: [], clean: ['fetch'] });
      const statuses: string[] = [];
      const note = async () => statuses.push(...(await itemRows(scope)).map((item) => item.status));
      await note();
      const first = await claim();
      await note();
      await steps.complete(first);
      await note();
      const second = await claim();
      await steps.complete(second.map((step) => ({ ...step, status: 'skipped' })));
      await note();
      expect(statuses).toEqual(['pending', 'running', 'running', 'completed']);
    });

    it('wait for each of several', async () => {
      const { steps, claim, claimedNames } = await open({ left: [], right: [], join: ['left', 'right'] });
      const claims = await claim();
      expect(claimedNames(claims)).toEqual(['left', 'right']);
      await steps.complete(claims.slice(0, 1));
      expect(await claim()).toEqual([]);
      await steps.complete(claims.slice(1));
      expect(claimedNames(await claim())).toEqual(['join']);
    });

    it('are freed when the ones they need end at the same moment', async () => {
      const { steps, claim, claimedNames, scope } = await open({ left: [], right: [], join: ['left', 'right'] });
      const claims = await claim();
      await Promise.all(claims.map((claimed) => steps.complete([claimed])));
      const joined = await claim();
      expect(claimedNames(joined)).toEqual(['join']);
      await steps.complete(joined);
      expect(await itemRows(scope)).toMatchObject([{ status: 'completed' }]);
    });

    it('end their item though the last two end at the same moment', async () => {
      const { steps, claim, scope, data } = await open({ left: [], right: [] });
      const [left, right] = await claim();
      if (!left || !right) throw new Error('Two steps were to be claimed.');
      let other: Promise<unknown> | undefined;
      await scope.transaction(async (inner) => {
        await data.within(inner).steps.complete([left]);
        other = steps.complete([right]);
        await wait(100);
      });
      expect(await other).toHaveLength(1);
      expect(await itemRows(scope)).toMatchObject([{ status: 'completed' }]);
    });

    it('are freed by a step that was skipped', async () => {
      const { steps, claim, claimedNames, scope } = await open({ fetch: [], clean: ['fetch'] });
      await steps.complete((await claim()).map((step) => ({ ...step, status: 'skipped' })));
      const claims = await claim();
      expect(claimedNames(claims)).toEqual(['clean']);
      await steps.complete(claims.map((step) => ({ ...step, status: 'skipped' })));
      expect(await itemRows(scope)).toMatchObject([{ status: 'skipped' }]);
    });

    it('wait while the one they need is tried again', async () => {
      const { steps, claim, claimedNames } = await open({ fetch: [], clean: ['fetch'] });
      await steps.fail((await claim()).map((step) => ({ ...step, ...FAILED, retryInMs: 0 })));
      const again = await claim();
      expect(claimedNames(again)).toEqual(['fetch']);
      expect(await claim()).toEqual([]);
      await steps.complete(again);
      expect(claimedNames(await claim())).toEqual(['clean']);
    });

    it('never run once one they need has failed: the item fails, later steps are canceled', async () => {
      const { steps, claim, statusOf, scope } = await open({ fetch: [], clean: ['fetch'], count: ['clean'], list: [] });
      const claims = await claim({ limit: 1 });
      await steps.fail(claims.map((step) => ({ ...step, ...FAILED })));
      expect(await statusOf()).toEqual({ fetch: 'failed', clean: 'canceled', count: 'canceled', list: 'canceled' });
      expect(await itemRows(scope)).toMatchObject([{ status: 'failed', error_code: 'shop.closed' }]);
      expect(await claim()).toEqual([]);
      expect((await lifecycleRows(scope)).map((row) => row.event)).toEqual([
        'group_start',
        'step_failed',
        'item_failed',
      ]);
    });

    it('are canceled in other items too, but not what needs nothing of the failed', async () => {
      const needs = { fetch: [], clean: ['fetch'], index: ['clean', 'other'], other: [], free: ['other'] };
      const { steps, claim, statusOf, scope } = await open(needs, { hasOwnItems: true });
      const claims = await claim({ limit: 1 });
      await steps.fail(claims.map((step) => ({ ...step, ...FAILED })));
      expect(await statusOf()).toEqual({
        fetch: 'failed',
        clean: 'canceled',
        index: 'canceled',
        other: 'pending',
        free: 'pending',
      });
      expect((await itemRows(scope)).map((item) => item.status)).toEqual([
        'failed',
        'canceled',
        'canceled',
        'pending',
        'pending',
      ]);
    });

    it('let a sibling at work end before their item fails', async () => {
      const { steps, claim, scope, statusOf } = await open({ left: [], right: [], join: ['left', 'right'] });
      const [left, right] = await claim();
      if (!left || !right) throw new Error('Two steps were to be claimed.');
      await steps.fail([{ ...left, ...FAILED }]);
      expect(await statusOf()).toEqual({ left: 'failed', right: 'running', join: 'canceled' });
      expect(await itemRows(scope)).toMatchObject([{ status: 'running' }]);
      expect(await steps.complete([right])).toHaveLength(1);
      expect(await itemRows(scope)).toMatchObject([{ status: 'failed' }]);
      expect((await lifecycleRows(scope)).map((row) => row.event)).toContain('item_failed');
    });

    it('are canceled with their run', async () => {
      const { runs, runId, statusOf } = await open({ fetch: [], clean: ['fetch'] });
      expect(await runs.cancel(runId)).toBe(true);
      expect(await statusOf()).toEqual({ fetch: 'canceled', clean: 'canceled' });
    });

    it('get in nobody’s way when their run is canceled while others end theirs', async () => {
      const { scope, runId, runs, steps, claim } = await openSteps();
      for (let chain = 0; chain < 12; chain += 1) {
        await insertChain(scope, { runId, type: STEP_TYPE, steps: { left: [], right: [], join: ['left', 'right'] } });
      }
      const claims = await claim();
      expect(claims).toHaveLength(24);
      const ends = claims.map((claimed, index) =>
        index % 3 === 0 ? steps.fail([{ ...claimed, ...FAILED }]) : steps.complete([claimed]),
      );
      const [hasCanceled] = await Promise.all([runs.cancel(runId), ...ends]);
      expect(hasCanceled).toBe(true);
      const open = ['pending', 'running', 'error'];
      expect((await stepRows(scope)).filter((row) => open.includes(row.status))).toEqual([]);
      expect((await itemRows(scope)).filter((row) => open.includes(row.status))).toEqual([]);
    });

    it('do not count as something that time will free', async () => {
      const { steps, claim } = await open({ fetch: [], clean: ['fetch'] });
      await claim({ leaseMs: 90_000 });
      const { open: count, nextInMs } = await steps.open({ type: STEP_TYPE });
      expect(count).toBe(2);
      expect(nextInMs).toBeGreaterThan(60_000);
    });
  });
}

/** Statuses and claims by the names of the steps. */
function namesOf({ scope }: OpenedSteps, idOf: Readonly<Record<string, string>>) {
  const nameOf = new Map(Object.entries(idOf).map(([name, id]) => [id, name]));
  return {
    claimedNames: (claims: readonly { readonly stepId: string }[]) => claims.map((claim) => nameOf.get(claim.stepId)),
    statusOf: async () => Object.fromEntries((await stepRows(scope)).map((row) => [row.name, row.status])),
  };
}
