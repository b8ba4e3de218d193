import { describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { runOf, units } from '../support/run-rows.ts';
import { UNKNOWN_RUN, useRuns } from '../support/use-runs.ts';

export function runReadingContract(harness: ContractHarness): void {
  describe(`reading runs on ${harness.name}`, () => {
    const { clock, data, open } = useRuns(harness);

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
        await expect(runs.addEvents(UNKNOWN_RUN, [{ level: 'info', message: 'x' }])).rejects.toMatchObject({
          code: 'db.not-found',
        });
      });
    });
  });
}
