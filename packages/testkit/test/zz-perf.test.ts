import { rawSql, sql } from '@sheaf/db';
import { describe, it } from 'vitest';
import { runOf, units } from '../src/contracts/support/run-rows.ts';
import { harnesses } from './harnesses.ts';
for (const harness of harnesses.filter((h) => h.provider !== 'sqlite-memory'))
  describe(harness.name, () => {
    it('perf', async () => {
      const data = await harness.open();
      const { runs, steps } = await data.repositories();
      const { id: runId } = await runs.open(runOf());
      const time = async (name: string, n: number, work: () => Promise<unknown>) => {
        const t = performance.now();
        await work();
        console.log(harness.name, name, Math.round(n / ((performance.now() - t) / 1000)), '/s');
      };
      await time('plan', 50_000, async () => {
        for (let i = 0; i < 100; i++) await steps.plan({ runId, type: 'count', steps: units(500) });
      });
      if (harness.provider === 'postgresql' && process.env.ANALYZE) await data.connection.sql.execute(rawSql('ANALYZE'));
      for (const limit of [100, 10, 1])
        await time(`claim+complete x${limit}`, limit * 40, async () => {
          for (let i = 0; i < 40; i++) await steps.complete(await steps.claim({ type: 'count', workerId: 'w', limit, leaseMs: 60000 }));
        });
      await time('open', 1, () => steps.open({ type: 'count', runIds: [runId] }));
      await time('sweep', 1, () => steps.sweep('count'));
      const { frontier } = await data.repositories();
      await time('frontier add', 50000, async () => {
        for (let i = 0; i < 100; i++) await frontier.add(runId, Array.from({ length: 500 }, (_, k) => ({ uri: `https://e.com/${i}/${k}`, depth: 1, foundAt: null })));
      });
      await time('frontier take+settle', 10000, async () => {
        for (let i = 0; i < 100; i++) { const t = await frontier.take(runId, 100); await frontier.settle(runId, t.map(({ uri }) => ({ uri, state: 'completed' as const }))); }
      });
      await time('finish', 1, () => runs.finish({ runId, status: 'canceled' }));
      await data.close();
    }, 300_000);
  });
