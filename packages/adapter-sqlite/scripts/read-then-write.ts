// Several processes read and then write in transactions of Prisma's client on one database file: on this adapter and,
// for comparison, on the published one. Prints one JSON line; fails when on this adapter an error reached a caller or
// an update was lost.
//
//   node --conditions=@sheaf/source packages/adapter-sqlite/scripts/read-then-write.ts [--seconds 30] [--processes 4]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AdapterName, type ReadThenWriteResult, runReadThenWrite } from '../test/run-read-then-write.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, processes: { type: 'string', default: '4' } },
});
const seconds = Number(values.seconds);
const processes = Number(values.processes);

async function run(adapter: AdapterName): Promise<ReadThenWriteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'read-then-write-'));
  try {
    return await runReadThenWrite({
      adapter,
      path: join(folder, 'test.db'),
      processes,
      work: { milliseconds: seconds * 1000 },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function describe(result: ReadThenWriteResult): object {
  const { committed, failed, errors, lostUpdates, committedByProcess, latencies } = result;
  const milliseconds = (share: number): number | null => latencies[Math.ceil(latencies.length * share) - 1] ?? null;
  return {
    committed,
    failed,
    failedShare: Number((failed / Math.max(committed + failed, 1)).toFixed(3)),
    errors,
    lostUpdates,
    perSecond: Math.round(committed / seconds),
    perSecondByProcess: committedByProcess.map((count) => Math.round(count / seconds)),
    milliseconds: { p50: milliseconds(0.5), p99: milliseconds(0.99), longest: milliseconds(1) },
  };
}

const ours = await run('ours');
const published = await run('published');
const result = { seconds, processes, ours: describe(ours), published: describe(published) };
process.stdout.write(`${JSON.stringify(result)}\n`);
if (ours.failed > 0 || ours.lostUpdates !== 0) process.exitCode = 1;
