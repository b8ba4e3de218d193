import { deepStrictEqual } from 'node:assert/strict';
import { clients } from '@sheaf/client';
import { connect, ROLES, rawSql } from '@sheaf/db';
import type { Benchmark, Claim } from '../harness/benchmark.ts';
import { createDatabases } from '../harness/databases.ts';
import { round } from '../harness/report.ts';
import { takeTurns } from '../harness/take-turns.ts';
import { type SqlCase, sqlCases, TABLES, tableOf } from './cases.ts';
import { openRaw } from './raw-driver.ts';

/** The SQL port against the drivers under it, doing the same statements. */
export const sqlBenchmark: Benchmark = async ({ providers, isQuick, print }) => {
  const claims: Claim[] = [];
  const figures: Record<string, unknown> = {};
  for (const provider of providers) {
    const databases = await createDatabases(provider, async ({ sql }) => {
      for (const table of Object.values(TABLES)) {
        await sql.execute(rawSql(tableOf(provider, table)));
        if (provider === 'postgresql') await sql.execute(rawSql(`GRANT SELECT ON ${table} TO ${ROLES.app}`));
      }
    });
    try {
      await databases.fresh(async (url) => {
        const connection = await connect({ url, clients });
        const raw = openRaw(provider, url);
        try {
          print(`\nstatements on ${provider}, in microseconds`);
          for (const one of sqlCases(connection, raw)) {
            const { port, raw: alone } = await compare(one, isQuick ? 3 : 31);
            const ratio = port / alone;
            print(`${one.name.padEnd(48)} ${round(port)}, the driver alone ${round(alone)}: ${ratio.toFixed(2)}`);
            claims.push({ claim: `${provider}: ${one.name}`, measured: ratio, atMost: one.atMost[provider] });
            figures[`${provider}: ${one.name}`] = { portMicroseconds: round(port), rawMicroseconds: round(alone) };
          }
        } finally {
          await raw.close();
          await connection.close();
        }
      });
    } finally {
      await databases.close();
    }
  }
  return { claims, figures };
};

/** The least disturbed turn of each, in microseconds for once. @throws where the two did not do the same. */
async function compare(one: SqlCase, rounds: number): Promise<{ readonly port: number; readonly raw: number }> {
  const done = { port: 0, raw: 0 };
  const turns = await takeTurns({
    contenders: ['port', 'raw'] as const,
    rounds,
    async run(contender) {
      const results: unknown[] = [];
      const started = performance.now();
      for (let count = 0; count < one.times; count += 1) {
        results.push(await one[contender](done[contender]));
        done[contender] += 1;
      }
      return { seconds: (performance.now() - started) / 1000, results };
    },
  });
  const least = (contender: 'port' | 'raw'): number =>
    (Math.min(...turns[contender].map(({ seconds }) => seconds)) / one.times) * 1e6;
  turns.port.forEach(({ results }, round) => {
    // The driver's rows have prototypes of their own.
    deepStrictEqual(JSON.parse(JSON.stringify(results)), JSON.parse(JSON.stringify(turns.raw[round]?.results)));
  });
  return { port: least('port'), raw: least('raw') };
}
