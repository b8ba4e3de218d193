import type { StageStatus } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../../test-clock.ts';
import type { ContractHarness } from '../contract-harness.ts';
import { insertDocuments, itemRows, runOf, stepRows, units, wait } from '../support/run-rows.ts';
import { type OpenedSteps, STEP_TYPE, useSteps } from '../support/use-steps.ts';

export function stepPlanContract(harness: ContractHarness): void {
  describe(`planning steps on ${harness.name}`, () => {
    const statements: string[] = [];
    const clock = createTestClock();
    const open = useSteps(harness, () => {
      clock.set('2026-05-04T03:02:01.007Z');
      return { clock, onStatement: (text) => statements.push(text) };
    });

    it('makes an item and a pending step for each document and unit', async () => {
      const { steps, scope, runId } = await open();
      const [page] = await insertDocuments(scope, ['https://example.com/a']);
      const count = await steps.plan({
        runId,
        type: STEP_TYPE,
        variant: 'thorough',
        maxAttempts: 7,
        steps: [
          { documentId: page as string, priority: 2 },
          { unit: 'shelf\0 1', config: { depth: 3, words: ['a', 'b'] } },
        ],
      });
      expect(count).toBe(2);
      const items = await itemRows(scope);
      expect(items).toMatchObject([
        { run_id: runId, document_id: page, unit: null, status: 'pending', started_at: null },
        { run_id: runId, document_id: null, unit: 'shelf 1', status: 'pending', ended_at: null },
      ]);
      expect(await stepRows(scope)).toMatchObject([
        { item_id: items[0]?.id, document_id: page, name: STEP_TYPE, status: 'pending', attempt: 0 },
        { item_id: items[1]?.id, document_id: null, status: 'pending', worker_id: null, claim_token: null },
      ]);
      expect(await steps.open({ type: STEP_TYPE })).toEqual({ open: 2, running: 0, nextInMs: 0 });
      const claims = await steps.claim({ type: STEP_TYPE, workerId: 'worker-1', limit: 9, leaseMs: 60_000 });
      expect(claims).toMatchObject([
        { documentId: page, uri: 'https://example.com/a', variant: 'thorough', maxAttempts: 7, config: null },
        { documentId: null, uri: 'shelf 1', maxAttempts: 7, config: { depth: 3, words: ['a', 'b'] } },
      ]);
    });

    it('plans nothing for an empty list', async () => {
      const { steps, scope, runId } = await open();
      expect(await steps.plan({ runId, type: STEP_TYPE, steps: [] })).toBe(0);
      expect(await itemRows(scope)).toEqual([]);
    });

    it('leaves out documents with an open step of the type and variant, and their items', async () => {
      const { steps, runs, scope, runId } = await open();
      const ids = await insertDocuments(scope, ['https://example.com/a', 'https://example.com/b']);
      const planned = ids.map((documentId) => ({ documentId }));
      expect(await steps.plan({ runId, type: STEP_TYPE, steps: planned.slice(0, 1) })).toBe(1);
      const other = await runs.open(runOf());
      expect(await steps.plan({ runId: other.id, type: STEP_TYPE, steps: planned })).toBe(1);
      expect((await itemRows(scope)).map((item) => [item.run_id, item.document_id])).toEqual([
        [runId, ids[0]],
        [other.id, ids[1]],
      ]);
      expect(await steps.plan({ runId, type: STEP_TYPE, variant: 'thorough', steps: planned })).toBe(2);
      expect(await steps.plan({ runId, type: 'weigh', steps: planned })).toBe(2);
    });

    it('leaves out documents whose step is running or waits for its next attempt', async () => {
      const { steps, scope, runId, claim } = await open();
      const ids = await insertDocuments(scope, ['https://example.com/a', 'https://example.com/b']);
      const planned = ids.map((documentId) => ({ documentId }));
      await steps.plan({ runId, type: STEP_TYPE, steps: planned });
      const [first] = await claim();
      await steps.fail(first ? [{ ...first, errorCode: 'x.busy', errorMessage: 'busy', retryInMs: 60_000 }] : []);
      expect((await stepRows(scope)).map((step) => step.status)).toEqual(['error', 'running']);
      expect(await steps.plan({ runId, type: STEP_TYPE, steps: planned })).toBe(0);
      expect(await itemRows(scope)).toHaveLength(2);
    });

    it('plans a document again once its step has ended', async () => {
      const { steps, scope, runId, claim } = await open();
      const planned = (await insertDocuments(scope, ['a', 'b', 'c', 'd'])).map((documentId) => ({ documentId }));
      await steps.plan({ runId, type: STEP_TYPE, steps: planned });
      const [completed, skipped, failed] = await claim({ limit: 3 });
      if (!completed || !skipped || !failed) throw new Error('Three steps were to be claimed.');
      await steps.complete([completed, { ...skipped, status: 'skipped' }]);
      await steps.fail([{ ...failed, errorCode: 'x.broken', errorMessage: 'broken' }]);
      expect(await steps.plan({ runId, type: STEP_TYPE, steps: planned })).toBe(3);
    });

    it('plans a document once that the list names twice', async () => {
      const { steps, scope, runId } = await open();
      const [documentId] = (await insertDocuments(scope, ['https://example.com/a'])) as [string];
      expect(await steps.plan({ runId, type: STEP_TYPE, steps: [{ documentId }, { documentId }] })).toBe(1);
      expect(await itemRows(scope)).toHaveLength(1);
    });

    it('never plans a document twice when runs plan the same ones at once', async () => {
      const { steps, runs, scope } = await open();
      const ids = await insertDocuments(
        scope,
        Array.from({ length: 60 }, (_, index) => `https://example.com/${index}`),
      );
      const opened = await Promise.all([1, 2, 3, 4].map(() => runs.open(runOf())));
      const counts = await Promise.all(
        opened.map(({ id }, index) => {
          // Each in an order of its own, as two maps of a site would find them.
          const order = index % 2 === 0 ? ids : ids.toReversed();
          return steps.plan({ runId: id, type: STEP_TYPE, steps: order.map((documentId) => ({ documentId })) });
        }),
      );
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
      expect(new Set((await stepRows(scope)).map((step) => step.document_id)).size).toBe(60);
      expect(await itemRows(scope)).toHaveLength(60);
    });

    it('leaves out documents that are not in the state that is asked for', async () => {
      const { steps, stages, scope, runId } = await open();
      const ids = await insertDocuments(scope, ['a', 'b', 'c', 'd']);
      const states = ['pending', 'completed', 'stale'] as const;
      await stages.set(
        states.map((status, index) => ({ documentId: ids[index] as string, stage: 'count', status, runId })),
      );
      const count = await steps.plan({
        runId,
        type: STEP_TYPE,
        onlyIf: { stage: 'count', statuses: ['pending', 'stale'] },
        steps: [...ids.map((documentId) => ({ documentId })), { unit: 'shelf' }],
      });
      expect(count).toBe(3);
      expect((await itemRows(scope)).map((item) => item.document_id)).toEqual([ids[0], ids[2], null]);
      expect((await stepRows(scope)).map((step) => step.document_id)).toEqual([ids[0], ids[2], null]);
    });

    it('sees the state that another run has just written', async () => {
      const { steps, stages, runs, scope, runId, claim, data } = await open();
      const [documentId] = (await insertDocuments(scope, ['a'])) as [string];
      await stages.set([{ documentId, stage: 'count', status: 'pending' }]);
      const plan = {
        type: STEP_TYPE,
        onlyIf: { stage: 'count', statuses: ['pending'] as const },
        steps: [{ documentId }],
      };
      await steps.plan({ ...plan, runId });
      const claims = await claim();
      const late = await runs.open(runOf());
      let planning: Promise<number> | undefined;
      await scope.transaction(async (inner) => {
        const inside = data.within(inner);
        await inside.steps.complete(claims);
        planning = steps.plan({ ...plan, runId: late.id });
        await wait(50);
        await inside.stages.set([{ documentId, stage: 'count', status: 'completed', runId }]);
      });
      expect(await planning).toBe(0);
      expect(await steps.plan({ ...plan, runId: late.id })).toBe(0);
      expect(await stepRows(scope)).toHaveLength(1);
    });

    it('leaves out documents whose stage was settled at or after the time that is given', async () => {
      const { steps, stages, scope, runId } = await open();
      const ids = await insertDocuments(scope, ['a', 'b', 'c', 'd', 'e']);
      const at = (time: string) => clock.set(`2026-05-04T03:02:0${time}Z`);
      const set = (index: number, status: StageStatus) =>
        stages.set([{ documentId: ids[index] as string, stage: 'count', status, runId }]);
      at('1.999');
      await set(0, 'completed');
      at('2.000');
      await set(1, 'completed');
      await set(2, 'failed');
      await set(3, 'pending');
      const count = await steps.plan({
        runId,
        type: STEP_TYPE,
        unlessSettled: { stage: 'count', since: new Date('2026-05-04T03:02:02.000Z') },
        steps: [...ids.map((documentId) => ({ documentId })), { unit: 'shelf' }],
      });
      expect(count).toBe(4);
      expect((await stepRows(scope)).map((step) => step.document_id)).toEqual([ids[0], ids[3], ids[4], null]);
    });

    describe('what waits in another run', () => {
      const planTwo = async ({ steps, runs, scope, runId }: OpenedSteps) => {
        const planned = (await insertDocuments(scope, ['a', 'b'])).map((documentId) => ({ documentId }));
        const { id: earlierId } = await runs.open(runOf({ inputDigest: 'earlier' }));
        await steps.plan({ runId: earlierId, type: STEP_TYPE, steps: planned });
        return { earlierId, plan: () => steps.plan({ runId, type: STEP_TYPE, steps: planned }) };
      };

      it('stays there while a worker holds the run', async () => {
        const opened = await open();
        const { plan } = await planTwo(opened);
        expect(await plan()).toBe(0);
      });

      it('is taken over once the run is let go of, except for what is still at work', async () => {
        const opened = await open();
        const { steps, runs, runId, scope, claimOne } = opened;
        const { earlierId, plan } = await planTwo(opened);
        const claim = await claimOne();
        await runs.release(earlierId, runOf().workerId);
        expect(await plan()).toBe(1);
        expect((await stepRows(scope)).map((step) => [step.run_id, step.status])).toEqual([
          [earlierId, 'running'],
          [earlierId, 'canceled'],
          [runId, 'pending'],
        ]);
        expect((await itemRows(scope)).map((item) => item.status)).toEqual(['running', 'canceled', 'pending']);
        expect(await steps.complete([claim])).toHaveLength(1);
        // It is gone on with all the same, and ends with what it did itself.
        expect((await runs.find(earlierId))?.items).toMatchObject({ completed: 1, canceled: 1 });
      });
    });

    it('takes a handful of statements for hundreds of steps', async () => {
      const { planUnits, claim, steps } = await open();
      const countOf = async (work: () => Promise<unknown>): Promise<number> => {
        statements.length = 0;
        await work();
        return statements.length;
      };
      expect(await countOf(() => planUnits(500))).toBeLessThanOrEqual(4);
      let claims: Awaited<ReturnType<typeof claim>> = [];
      expect(
        await countOf(async () => {
          claims = await claim({ limit: 500 });
        }),
      ).toBeLessThanOrEqual(4);
      expect(claims).toHaveLength(500);
      expect(await countOf(() => steps.complete(claims))).toBeLessThanOrEqual(5);
    });

    it.each(['completed', 'failed', 'canceled'] as const)('is refused for a run that is %s', async (status) => {
      const { steps, runs, runId, scope } = await open();
      await runs.finish({ runId, status });
      await expect(steps.plan({ runId, type: STEP_TYPE, steps: units(1) })).rejects.toMatchObject({
        code: 'db.invalid-transition',
        details: { from: status },
      });
      expect(await itemRows(scope)).toEqual([]);
    });

    it('is refused for the run and for the documents of another workspace', async () => {
      const { data, steps, runId } = await open();
      const other = await data.scope('other');
      const foreign = data.within(other);
      await expect(foreign.steps.plan({ runId, type: STEP_TYPE, steps: units(1) })).rejects.toMatchObject({
        code: 'db.not-found',
      });
      const [documentId] = (await insertDocuments(other, ['https://example.com/a'])) as [string];
      await expect(steps.plan({ runId, type: STEP_TYPE, steps: [{ documentId }] })).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
    });
  });
}
