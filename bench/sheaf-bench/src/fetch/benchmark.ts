import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, BenchmarkOptions, BenchmarkResult, Claim } from '../harness/benchmark.ts';
import { ask } from '../harness/child.ts';
import { megabytes, round } from '../harness/report.ts';
import { best, takeTurns } from '../harness/take-turns.ts';
import type { FetchAnswer, FetchContender, FetchInput, Tenth } from './fetch-program.ts';
import { type BenchSite, startSite } from './start-site.ts';

const CONTENDERS = ['request', 'parse', 'extract', 'hash', 'store'] as const satisfies readonly FetchContender[];
const CONCURRENCY = 16;

interface Setting {
  readonly site: BenchSite;
  readonly folder: string;
}

/** Pages from loopback: what storing adds to fetching and extracting, and whether it stays so over 100,000 pages. */
export const fetchBenchmark: Benchmark = async (options) => {
  const site = await startSite();
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-bench-fetch-'));
  try {
    const cost = await costOfStoring({ site, folder }, options);
    const course = await longRun({ site, folder }, options);
    return { claims: [...cost.claims, ...course.claims], figures: { ...cost.figures, ...course.figures } };
  } finally {
    site.close();
    await rm(folder, { recursive: true, force: true });
  }
};

async function costOfStoring(setting: Setting, { isQuick, print }: BenchmarkOptions): Promise<BenchmarkResult> {
  const count = isQuick ? 60 : 2_000;
  print(`${count} articles from loopback, ${CONCURRENCY} at once:`);
  const turns = await takeTurns({
    contenders: CONTENDERS,
    rounds: isQuick ? 1 : 5,
    // They only tell where the time goes.
    once: ['request', 'parse', 'extract'],
    run: (contender) => fetchPages(setting, { contender, count, size: 'article' }),
  });
  const digests = new Set([...turns.hash, ...turns.store].map(({ textDigest }) => textDigest));
  if (digests.size !== 1) throw new Error('What was stored is not what was extracted.');
  const results = CONTENDERS.map((contender) => ({ contender, ...best(turns[contender]) }));
  let before = 0;
  const figures = results.map(({ contender, seconds, cpuSeconds }) => {
    const cpuMs = (cpuSeconds / count) * 1000;
    const line = {
      contender,
      pagesPerSecond: round(count / seconds),
      cpuMsPerPage: round(cpuMs),
      addsCpuMs: round(cpuMs - before),
    };
    before = cpuMs;
    print(
      `  ${contender.padEnd(8)} ${String(line.pagesPerSecond).padStart(6)} pages/s, ` +
        `${line.cpuMsPerPage} ms of CPU a page, ${line.addsCpuMs} more than without`,
    );
    return line;
  });
  const [hash, store] = [best(turns.hash), best(turns.store)];
  return {
    claims: [
      { claim: 'time with storing, of that without', measured: store.seconds / hash.seconds, atMost: 1.25 },
      { claim: 'CPU time with storing, of that without', measured: store.cpuSeconds / hash.cpuSeconds, atMost: 1.25 },
    ],
    figures: { articles: figures },
  };
}

async function longRun(setting: Setting, { isQuick, print }: BenchmarkOptions): Promise<BenchmarkResult> {
  const count = isQuick ? 300 : 100_000;
  print(`${count} small pages, stored:`);
  const { tenths } = await fetchPages(setting, { contender: 'store', count, size: 'small' }, ['--expose-gc']);
  const [first, last] = [tenths[0], tenths.at(-1)];
  if (tenths.length !== 10 || !first || !last) throw new Error(`${tenths.length} tenths of the pages were reached.`);
  const rates = tenths.map(({ seconds }) => round(count / 10 / seconds));
  const peaks = tenths.map(({ peakBytes }) => megabytes(peakBytes));
  const live = tenths.map(({ liveBytes = Number.NaN }) => megabytes(liveBytes));
  print(`  pages/s by tenths:             ${rates.join(', ')}`);
  print(`  MB resident at the most:       ${peaks.join(', ')}`);
  print(`  MB still needed at their ends: ${live.join(', ')}`);
  return {
    claims: [
      { claim: 'time of the last tenth of the pages, of that of the first', ...ratio(last, first, 'seconds', 1.11) },
      {
        claim: 'memory still needed after the last tenth, of that after the first',
        ...ratio(last, first, 'liveBytes', 1.1),
      },
      { claim: 'memory resident in the last tenth, of that in the first', ...ratio(last, first, 'peakBytes', 1.25) },
    ],
    figures: { smallPages: { count, pagesPerSecond: rates, peakMegabytes: peaks, liveMegabytes: live } },
  };
}

function ratio(of: Tenth, to: Tenth, what: keyof Tenth, atMost: number): Pick<Claim, 'measured' | 'atMost'> {
  return { measured: (of[what] ?? Number.NaN) / (to[what] ?? Number.NaN), atMost };
}

let databases = 0;

function fetchPages(
  { site, folder }: Setting,
  input: Pick<FetchInput, 'contender' | 'count' | 'size'>,
  nodeOptions: readonly string[] = [],
): Promise<FetchAnswer> {
  databases += 1;
  const url = join(folder, `${databases}.db`);
  const whole: FetchInput = { ...input, origin: site.origin, concurrency: CONCURRENCY, url };
  return ask<FetchAnswer>(new URL('fetch-program.ts', import.meta.url), whole, nodeOptions);
}
