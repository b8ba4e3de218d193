import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '@sheaf/db';
import { type FixtureProcess, type OpenedData, runFixture } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertDocuments, itemRows, runOf, stepRows, units } from '../src/contracts/support/run-rows.ts';
import { harnesses } from './harnesses.ts';

const fixture = (name: string): URL => new URL(`fixtures/${name}.ts`, import.meta.url);

// An in-memory database belongs to one process.
for (const harness of harnesses.filter(({ provider }) => provider !== 'sqlite-memory')) {
  describe(`several processes on ${harness.name}`, () => {
    let data: OpenedData;
    let processes: FixtureProcess[] = [];

    beforeEach(async () => {
      data = await harness.open();
    });
    afterEach(async () => {
      await Promise.all(processes.map((process) => process.kill()));
      processes = [];
      await data.close();
    });

    const start = (name: string, ...args: readonly (string | number)[]): FixtureProcess => {
      const process = runFixture(fixture(name), [data.url, ...args.map(String)]);
      processes.push(process);
      return process;
    };
    /** Lets all begin at the same moment. */
    const begin = async (started: readonly FixtureProcess[]): Promise<void> => {
      await Promise.all(started.map((process) => process.line(/^ready$/)));
      for (const process of started) process.send('go');
    };
    const planned = async (count: number) => {
      const scope = await data.scope();
      const repositories = data.within(scope);
      const { id: runId } = await repositories.runs.open(runOf());
      await repositories.steps.plan({ runId, type: 'count', maxAttempts: 5, steps: units(count) });
      return { ...repositories, scope, runId };
    };
    /** The results that were written, each the id of its step. */
    const resultsOf = async (runId: string): Promise<readonly string[]> => {
      const scope = await data.scope();
      const rows = await scope.sql.all<{ readonly message: string }>(
        sql`SELECT message FROM run_events WHERE run_id = ${runId} ORDER BY seq`,
      );
      return rows.map((row) => row.message);
    };

    it('claim every step exactly once', async () => {
      const { runId, runs, scope } = await planned(400);
      const workers = [1, 2, 3, 4].map((number) => start('drain-steps', `worker-${number}`, 10));
      await begin(workers);
      const exits = await Promise.all(workers.map((worker) => worker.exited));
      expect(exits.map((exit) => [exit.code, exit.errorOutput])).toEqual(exits.map(() => [0, '']));
      const claimed = exits.flatMap((exit) => exit.lines.filter((line) => line.startsWith('claimed')));
      expect(claimed).toHaveLength(400);
      expect(new Set(claimed).size).toBe(400);
      expect(claimed.every((line) => line.endsWith(' 1'))).toBe(true);
      // More than one had its share, or this would show nothing.
      expect(exits.filter((exit) => exit.lines.some((line) => line.startsWith('claimed'))).length).toBeGreaterThan(1);
      const results = await resultsOf(runId);
      expect(results.toSorted()).toEqual((await stepRows(scope)).map((step) => step.id).toSorted());
      const record = await runs.finish({ runId, status: 'completed' });
      expect(record).toMatchObject({ status: 'completed', items: { total: 400, completed: 400 } });
    });

    it('lose nothing and repeat nothing when one is killed at work', async () => {
      const { runId, scope } = await planned(150);
      const workers = [1, 2, 3].map((number) => start('drain-steps', `worker-${number}`, 10, 400, 15));
      const [victim, ...others] = workers as [FixtureProcess, ...FixtureProcess[]];
      await begin(workers);
      await victim.line(/^ended/);
      await sleep(7);
      const killed = await victim.kill();
      expect(killed.signal).toBe('SIGKILL');
      const exits = await Promise.all(others.map((worker) => worker.exited));
      expect(exits.map((exit) => [exit.code, exit.errorOutput])).toEqual(exits.map(() => [0, '']));
      const rows = await stepRows(scope);
      expect(new Set(rows.map((row) => row.status))).toEqual(new Set(['completed']));
      expect((await itemRows(scope)).every((item) => item.status === 'completed')).toBe(true);
      expect((await resultsOf(runId)).toSorted()).toEqual(rows.map((row) => row.id).toSorted());
    });

    it('get the steps of a killed one back when its leases end, with straight attempts', async () => {
      const { steps, scope } = await planned(8);
      // It works for a minute, and so dies with all steps in hand.
      const victim = start('drain-steps', 'victim', 8, 1500, 60_000);
      await begin([victim]);
      await victim.line(/^claimed/);
      const claims = await stepRows(scope);
      await victim.kill();
      expect(claims.map((step) => [step.status, step.worker_id])).toEqual(claims.map(() => ['running', 'victim']));
      expect(await steps.sweep('count')).toBe(0);
      const { nextInMs = 0 } = await steps.open({ type: 'count' });
      expect(nextInMs).toBeGreaterThan(0);
      await sleep(nextInMs + 30);
      expect(await steps.sweep('count')).toBe(8);
      const again = await steps.claim({ type: 'count', workerId: 'heir', limit: 20, leaseMs: 60_000 });
      expect(again.map((step) => step.attempt)).toEqual(Array(8).fill(2));
      const lost = claims.map((step) => ({ stepId: step.id, claimToken: step.claim_token ?? '' }));
      expect(await steps.hold(lost)).toEqual([]);
      expect(await steps.complete(lost)).toEqual([]);
      expect(await steps.complete(again)).toHaveLength(8);
    });

    it('write nothing for a claim that they lost while they were paused', async () => {
      const { runId, steps, scope } = await planned(5);
      const zombie = start('drain-steps', 'zombie', 5, 300, 200);
      await begin([zombie]);
      await zombie.line(/^claimed/);
      zombie.signal('SIGSTOP');
      await sleep(350);
      expect(await steps.sweep('count')).toBe(5);
      const heir = start('drain-steps', 'heir', 5);
      await begin([heir]);
      expect((await heir.exited).code).toBe(0);
      zombie.signal('SIGCONT');
      const exit = await zombie.exited;
      expect(exit).toMatchObject({ code: 0, errorOutput: '' });
      expect(exit.lines).toContain('ended 0 lost 5');
      const rows = await stepRows(scope);
      expect(rows.map((row) => [row.status, row.attempt, row.worker_id])).toEqual(
        rows.map(() => ['completed', 2, 'heir']),
      );
      expect(await resultsOf(runId)).toHaveLength(5);
    });

    it('never plan a document twice', async () => {
      const scope = await data.scope();
      const ids = await insertDocuments(
        scope,
        Array.from({ length: 500 }, (_, index) => `https://example.com/${index}`),
      );
      const planners = ['ASC', 'DESC', 'ASC'].map((order) => start('plan-documents', order));
      await begin(planners);
      const exits = await Promise.all(planners.map((planner) => planner.exited));
      expect(exits.map((exit) => [exit.code, exit.errorOutput])).toEqual(exits.map(() => [0, '']));
      const rows = await stepRows(scope);
      expect(rows.map((row) => row.document_id).toSorted()).toEqual(ids.toSorted());
      expect(await itemRows(scope)).toHaveLength(500);
      const counts = exits.map((exit) => Number(exit.lines.at(-1)?.split(' ')[1]));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(500);
    });

    it('resume an interrupted run in one place only', async () => {
      const { runs } = await data.repositories();
      const { id } = await runs.open(runOf({ inputDigest: 'interrupted' }));
      await runs.release(id, 'worker-1');
      const resumers = [1, 2, 3].map(() => start('resume-run'));
      await begin(resumers);
      const exits = await Promise.all(resumers.map((resumer) => resumer.exited));
      const answers = exits.map((exit) => exit.lines.at(-1)?.split(' ') ?? []);
      expect(answers.filter(([verb]) => verb === 'resumed')).toEqual([['resumed', id]]);
      expect(answers.filter(([verb]) => verb === 'opened')).toHaveLength(2);
    });
  });
}
