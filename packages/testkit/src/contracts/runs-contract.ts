import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { itemRows, lifecycleRows, runOf, stepRows, units, wait } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const UNKNOWN = '00000000-0000-7000-8000-000000000000';

/** What `RunRepository` promises, whatever the database. */
export function runsContract(harness: ContractHarness): void {
  describe(`runs on ${harness.name}`, () => {
    const clock = createTestClock('2026-05-04T03:02:01.007Z');
    const data = useData(harness, () => {
      clock.set('2026-05-04T03:02:01.007Z');
      return { clock };
    });
    const open = async () => {
      const scope = await data().scope();
      return { scope, ...(await data().repositories()) };
    };

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

      it('is refused for a run that is not there', async () => {
        const { runs } = await open();
        await expect(runs.finish({ runId: UNKNOWN, status: 'completed' })).rejects.toMatchObject({
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
        await expect(runs.cancel(UNKNOWN)).rejects.toMatchObject({ code: 'db.not-found' });
      });
    });

    describe('lists', () => {
      it('come newest first, page by page', async () => {
        const { runs } = await open();
        const ids: string[] = [];
        for (let number = 0; number < 5; number += 1) ids.unshift((await runs.open(runOf())).id);
        const first = await runs.page({ limit: 2 });
        const second = await runs.page({ limit: 2, ...(first.next ? { after: first.next } : {}) });
        const third = await runs.page({ limit: 2, ...(second.next ? { after: second.next } : {}) });
        expect([first, second, third].map((page) => page.items.map((run) => run.id))).toEqual([
          ids.slice(0, 2),
          ids.slice(2, 4),
          ids.slice(4),
        ]);
        expect(third.next).toBeUndefined();
      });

      it('can be narrowed to a tool and to statuses', async () => {
        const { runs } = await open();
        const counting = await runs.open(runOf());
        const sorting = await runs.open(runOf({ tool: 'shop.sort' }));
        const sorted = await runs.open(runOf({ tool: 'shop.sort' }));
        await runs.finish({ runId: sorted.id, status: 'completed' });
        const idsOf = async (filter: Parameters<typeof runs.page>[0]) =>
          (await runs.page(filter)).items.map((run) => run.id);
        expect(await idsOf({ tool: 'shop.count' })).toEqual([counting.id]);
        expect(await idsOf({ statuses: ['completed', 'failed'] })).toEqual([sorted.id]);
        expect(await idsOf({ tool: 'shop.sort', statuses: ['running'] })).toEqual([sorting.id]);
        expect(await idsOf({ statuses: [] })).toEqual([]);
      });

      it('show how far runs have come that are still open', async () => {
        const { runs, steps } = await open();
        const { id } = await runs.open(runOf());
        await steps.plan({ runId: id, type: 'count', steps: units(3) });
        const [claim] = await steps.claim({ type: 'count', workerId: 'worker-1', limit: 1, leaseMs: 60_000 });
        await steps.complete(claim ? [claim] : []);
        const items = { total: 3, completed: 1, failed: 0, skipped: 0, canceled: 0 };
        expect((await runs.page()).items).toMatchObject([{ id, items }]);
        expect(await runs.find(id)).toMatchObject({ items });
      });

      it('hold the runs of their workspace alone', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        const other = await data().repositories('other');
        expect((await other.runs.page()).items).toEqual([]);
        expect(await other.runs.find(id)).toBeUndefined();
      });

      it('refuse a cursor that no page gave', async () => {
        const { runs } = await open();
        await expect(runs.page({ after: 'yesterday' })).rejects.toMatchObject({ code: 'db.invalid-cursor' });
      });
    });

    describe('events', () => {
      it('are numbered from one, in order, and read from a cursor on', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await runs.addEvents(id, [
          { level: 'progress', phase: 'counting', done: 1, total: 3 },
          { level: 'warning', message: 'A box\0 is open', data: { box: 7 } },
        ]);
        await runs.addEvents(id, []);
        await runs.addEvents(id, [{ level: 'info', message: 'done' }]);
        expect(await runs.events(id)).toEqual([
          { seq: 1, at: clock.now(), level: 'progress', phase: 'counting', done: 1, total: 3 },
          { seq: 2, at: clock.now(), level: 'warning', message: 'A box is open', data: { box: 7 } },
          { seq: 3, at: clock.now(), level: 'info', message: 'done' },
        ]);
        expect((await runs.events(id, { afterSeq: 1, limit: 1 })).map((event) => event.seq)).toEqual([2]);
        expect(await runs.events(id, { afterSeq: 3 })).toEqual([]);
      });

      it('keep gapless numbers when several writers append at once', async () => {
        const { runs } = await open();
        const { id } = await runs.open(runOf());
        await Promise.all(
          Array.from({ length: 8 }, (_, writer) =>
            runs.addEvents(
              id,
              Array.from({ length: 5 }, (_, line) => ({ level: 'info' as const, message: `${writer}:${line}` })),
            ),
          ),
        );
        const events = await runs.events(id);
        expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
        // What was appended together stays together.
        for (let start = 0; start < 40; start += 5) {
          const writers = events.slice(start, start + 5).map((event) => event.message?.split(':')[0]);
          expect(new Set(writers).size).toBe(1);
        }
      });

      it('vanish with the transaction that wrote them, and their numbers are given again', async () => {
        const { runs, scope } = await open();
        const { id } = await runs.open(runOf());
        await expect(
          scope.transaction(async (inner) => {
            await data()
              .within(inner)
              .runs.addEvents(id, [{ level: 'info', message: 'lost' }]);
            throw new Error('changed my mind');
          }),
        ).rejects.toThrow('changed my mind');
        await runs.addEvents(id, [{ level: 'info', message: 'kept' }]);
        expect(await runs.events(id)).toMatchObject([{ seq: 1, message: 'kept' }]);
      });

      it('are refused for a run that is not there', async () => {
        const { runs } = await open();
        await expect(runs.addEvents(UNKNOWN, [{ level: 'info', message: 'x' }])).rejects.toMatchObject({
          code: 'db.not-found',
        });
      });
    });
  });
}
