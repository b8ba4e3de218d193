import { sql } from '@sheaf/db';
import { createTestDatabase, runFixture } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { describe, expect, it } from 'vitest';
import { type MixedLoad, SHARED_URIS } from './mixed-load/mixed-load.ts';
import { faultsOf } from './support/diagnose.ts';

/** `npm run proof -- concurrency` sets these. */
const isProof = process.env.SHEAF_PROOF === 'concurrency';
const seconds = Number(process.env.SHEAF_PROOF_SECONDS ?? (isProof ? 60 : 3));
const PROCESSES = isProof ? 8 : 4;
/** On a machine with other work, eight processes at their first, slow transaction outlast the default of 10 seconds. */
const patience: Readonly<Record<string, string>> = isProof ? {} : { SHEAF_SQLITE_BUSY_TIMEOUT_MS: '60000' };
const FIXTURE = new URL('fixtures/mixed-load.ts', import.meta.url);

describe.each(['sqlite', 'postgresql'] as const)(
  'processes that read and write one database at once, on %s',
  (provider) => {
    it(
      'meet no error, and lose and repeat nothing',
      async () => {
        const database = await createTestDatabase(provider);
        const sheaf = await createSheaf({ url: database.url });
        try {
          const { data } = sheaf.workspace('default');
          await data.documents.register(
            SHARED_URIS.map((uri) => ({ uri })),
            { method: 'crawl' },
          );
          const call = {
            tool: 'test.load',
            input: {},
            inputDigest: 'load',
            workerId: 'all',
            leaseMs: 1,
            resume: false,
          };
          const { id: runId } = await data.runs.open(call);
          await data.runs.finish({ runId, status: 'completed' });

          const loads = await runLoads([database.url, runId]);

          expect(loads.flatMap(({ errors }) => errors)).toEqual([]);
          expect(loads.flatMap(({ contradictions }) => contradictions)).toEqual([]);
          // Each had its share, or this would show little.
          for (const { writeMs, versions, reads } of loads) {
            expect(Math.min(writeMs.length, versions.length, reads)).toBeGreaterThan(0);
          }
          const made = loads.flatMap(({ versions }) => versions.map(([uri, version]) => `${uri} ${version}`));
          const stored = await sheaf.connection.sql.all<{ readonly uri: string; readonly version: number }>(sql`
        SELECT d.uri, v.version FROM document_versions v
        JOIN documents d ON d.workspace_id = v.workspace_id AND d.id = v.document_id`);
          expect(stored.map(({ uri, version }) => `${uri} ${version}`).sort()).toEqual(made.sort());
          const uris = await sheaf.connection.sql.all<{ readonly uri: string }>(sql`SELECT uri FROM documents`);
          const registered = [...SHARED_URIS, ...loads.flatMap((load) => load.registered)];
          expect(uris.map(({ uri }) => uri).sort()).toEqual(registered.sort());
          const events = loads.reduce((sum, load) => sum + load.events, 0);
          const { last, count } = await sheaf.connection.sql.one<{ readonly last: number; readonly count: number }>(sql`
        SELECT r.event_seq AS last, (SELECT count(*) FROM run_events e WHERE e.run_id = r.id) AS count
        FROM runs r WHERE r.id = ${runId}`);
          expect([last, count]).toEqual([events, events]);
          expect(await faultsOf(sheaf)).toEqual([]);
          if (isProof)
            process.stdout.write(`${JSON.stringify({ proof: 'concurrency', provider, ...figures(loads) })}\n`);
        } finally {
          await sheaf.close();
          await database.drop();
        }
      },
      (seconds + 120) * 1_000,
    );
  },
);

async function runLoads(args: readonly string[]): Promise<readonly MixedLoad[]> {
  const processes = Array.from({ length: PROCESSES }, (_, index) =>
    runFixture(FIXTURE, [...args, String(index + 1), String(seconds)], {
      env: patience,
      timeoutMs: (seconds + 90) * 1_000,
    }),
  );
  await Promise.all(processes.map((process) => process.line(/^ready$/)));
  for (const process of processes) process.send('go');
  const exits = await Promise.all(processes.map((process) => process.exited));
  expect(exits.map(({ code, errorOutput }) => [code, errorOutput])).toEqual(exits.map(() => [0, '']));
  return exits.map(({ lines }) => JSON.parse(lines.at(-1) ?? '') as MixedLoad);
}

function figures(loads: readonly MixedLoad[]) {
  const writeMs = loads.flatMap((load) => load.writeMs).sort((a, b) => a - b);
  const percentile = (share: number): number =>
    Math.round((writeMs[Math.ceil(share * writeMs.length) - 1] ?? 0) * 10) / 10;
  return {
    processes: loads.length,
    seconds,
    reads: loads.reduce((sum, load) => sum + load.reads, 0),
    writes: writeMs.length,
    p50: percentile(0.5),
    p99: percentile(0.99),
    max: percentile(1),
    fewestWrites: Math.min(...loads.map((load) => load.writeMs.length)),
    mostWrites: Math.max(...loads.map((load) => load.writeMs.length)),
  };
}
