import { deepStrictEqual } from 'node:assert/strict';
import { clients } from '@sheaf/client';
import { connect, createDataRepositories, type DataRepositories } from '@sheaf/db';
import type { Benchmark, Claim } from '../harness/benchmark.ts';
import { createDatabases } from '../harness/databases.ts';
import { openScope } from '../harness/open-scope.ts';
import { round } from '../harness/report.ts';
import { type HandRunner, openByHand } from './by-hand.ts';
import { type ListCase, listCases } from './cases.ts';
import { prepareList } from './prepare.ts';

/** Lists and counts of a large workspace, against prepared statements that were written for the one question. */
export const listBenchmark: Benchmark = async ({ providers, isQuick, print }) => {
  const count = isQuick ? 50_000 : 1_000_000;
  const claims: Claim[] = [];
  const figures: Record<string, unknown> = {};
  for (const provider of providers) {
    const started = performance.now();
    const databases = await createDatabases(provider, (connection) => prepareList(connection, count));
    try {
      const { prepared, url } = databases;
      print(
        `\nlist ${count} documents on ${provider}, seeded in ${Math.round((performance.now() - started) / 1000)} s`,
      );
      const connection = await connect({ url, clients });
      const byHand = await openByHand(provider, url);
      try {
        const repositories = createDataRepositories(await openScope(connection));
        for (const one of await listCases({ ...prepared, repositories })) {
          const times = await compare(one, { repositories, byHand, isQuick });
          const ratio = times.sheaf / times.byHand;
          const [ours, theirs] = [round(times.sheaf), round(times.byHand)];
          print(`${one.name.padEnd(40)} ${ours} ms, by hand ${theirs} ms: ${ratio.toFixed(2)}`);
          claims.push({ claim: `${provider}: ${one.name}`, measured: ratio, atMost: one.atMost });
          figures[`${provider}: ${one.name}`] = { sheafMs: ours, byHandMs: theirs };
        }
      } finally {
        await byHand.close();
        await connection.close();
      }
    } finally {
      await databases.close();
    }
  }
  return { claims, figures: { documents: count, ...figures } };
};

interface Contenders {
  readonly repositories: DataRepositories;
  readonly byHand: HandRunner;
  readonly isQuick: boolean;
}

/** The best of as many turns as fit into some seconds, in milliseconds. @throws where the answers differ. */
async function compare(
  one: ListCase,
  { repositories, byHand, isQuick }: Contenders,
): Promise<{ readonly sheaf: number; readonly byHand: number }> {
  deepStrictEqual(
    one.essence(await one.sheaf(repositories)),
    one.handEssence(await byHand.all(one.byHand)),
    `${one.name}: Sheaf and the statement give different rows.`,
  );
  const times = { sheaf: Number.POSITIVE_INFINITY, byHand: Number.POSITIVE_INFINITY };
  const end = performance.now() + (isQuick ? 200 : 4_000);
  for (let turn = 0; turn < 5 || performance.now() < end; turn += 1) {
    times.sheaf = Math.min(times.sheaf, await timed(() => one.sheaf(repositories)));
    times.byHand = Math.min(times.byHand, await timed(() => byHand.all(one.byHand)));
  }
  return times;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
