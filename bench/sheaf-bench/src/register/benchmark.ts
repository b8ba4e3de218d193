import { deepStrictEqual } from 'node:assert/strict';
import { createDataRepositories, type Provider } from '@sheaf/db';
import type { Benchmark, BenchmarkOptions, BenchmarkResult } from '../harness/benchmark.ts';
import { ask } from '../harness/child.ts';
import { createDatabases, type Databases } from '../harness/databases.ts';
import type { Measurement } from '../harness/measure.ts';
import { openScope } from '../harness/open-scope.ts';
import { megabytes, round } from '../harness/report.ts';
import { best, takeTurns } from '../harness/take-turns.ts';
import type { RegisterContender, RegisterInput } from './register-program.ts';
import { type RegisteredRows, readRegisteredRows } from './registered-rows.ts';
import type { RegistrarTarget } from './registrar.ts';

type Target = Omit<RegistrarTarget, 'url'>;

const PROGRAM: URL = new URL('./register-program.ts', import.meta.url);

/** As a map registers. */
const BATCH_SIZE = 500;

/** At the most, Sheaf's time divided by the peer's. */
const PEERS: Readonly<Record<Provider, Partial<Record<RegisterContender, number>>>> = {
  sqlite: { hand: 2, drizzle: 1, prisma: 0.333 },
  postgresql: { 'hand-postgresql': 2 },
};

const MEMORY_LIMIT_MEGABYTES = 150;

/**
 * Node lets V8's nursery grow with the machine's memory, to 64 MB and more on a large one; where memory counts one
 * fixes it.
 */
const NURSERY = ['--max-semi-space-size=16'];

/** Registering mapped URLs through the public repositories, against others that write the same rows. */
export const registerBenchmark: Benchmark = async (options) => {
  const results: BenchmarkResult[] = [];
  for (const provider of options.providers) {
    const databases = await createDatabases(provider, async (connection) => {
      const scope = await openScope(connection);
      const { sources, runs } = createDataRepositories(scope);
      const source = await sources.ensure({ kind: 'site', uri: 'https://docs-0.example.com/' });
      const run = await runs.open({
        tool: 'map.run',
        input: {},
        inputDigest: 'bench',
        workerId: 'bench',
        leaseMs: 60_000,
        resume: false,
      });
      return { workspaceId: scope.workspace.id, sourceId: source.id, runId: run.id };
    });
    try {
      results.push(await compareSpeed(databases, options), await measureMemory(databases, options));
    } finally {
      await databases.close();
    }
  }
  return {
    claims: results.flatMap(({ claims }) => claims),
    figures: Object.assign({}, ...results.map(({ figures }) => figures)),
  };
};

async function compareSpeed(databases: Databases<Target>, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { isQuick, print } = options;
  const { provider, prepared } = databases;
  const count = isQuick ? 2_000 : 100_000;
  print(`\nregister ${count} URLs on ${provider}, transactions of ${BATCH_SIZE}`);
  const limits = PEERS[provider];
  const contenders = ['sheaf', ...Object.keys(limits)] as RegisterContender[];
  const rows = new Map<RegisterContender, RegisteredRows>();
  const turns = await takeTurns<RegisterContender, Measurement>({
    contenders,
    rounds: isQuick ? 1 : 3,
    once: ['prisma'],
    run: (contender) =>
      databases.fresh(async (url) => {
        const input: RegisterInput = { ...prepared, url, contender, count, batchSize: BATCH_SIZE };
        const measured = await ask<Measurement>(PROGRAM, input);
        if (!rows.has(contender)) rows.set(contender, await readRegisteredRows(url));
        print(`${contender.padEnd(16)} ${describe(measured, count)}`);
        return measured;
      }),
  });
  checkRows(rows, count);
  const ratioTo = (peer: RegisterContender): number => {
    const theirs = turns[peer];
    // Of the rounds that both took part in.
    return best(turns.sheaf.slice(0, theirs.length)).seconds / best(theirs).seconds;
  };
  return {
    claims: Object.entries(limits).map(([peer, atMost]) => ({
      claim: `${provider}: time of ${count} URLs against ${peer}`,
      measured: ratioTo(peer as RegisterContender),
      atMost,
    })),
    figures: {
      [`${provider} ${count}`]: Object.fromEntries(
        contenders.map((name) => [name, figuresOf(best(turns[name]), count)]),
      ),
    },
  };
}

/** One row a URL in each table, and two stages; and the same in every column, whoever wrote them. */
function checkRows(rows: ReadonlyMap<RegisterContender, RegisteredRows>, count: number): void {
  const ours = rows.get('sheaf');
  deepStrictEqual(ours?.counts, {
    documents: count,
    document_uris: count,
    document_sources: count,
    map_results: count,
    document_stages: 2 * count,
  });
  for (const [contender, theirs] of rows) deepStrictEqual(theirs, ours, `${contender} wrote other rows than Sheaf.`);
}

async function measureMemory(databases: Databases<Target>, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { isQuick, print } = options;
  const { provider, prepared } = databases;
  const counts = isQuick ? [1_000, 2_000] : [10_000, 100_000, 1_000_000];
  print(`\nmemory of Sheaf on ${provider}, with ${NURSERY.join(' ')}`);
  const measured: { readonly count: number; readonly measurement: Measurement }[] = [];
  for (const count of counts) {
    const measurement = await databases.fresh((url) => {
      const input: RegisterInput = { ...prepared, url, contender: 'sheaf', count, batchSize: BATCH_SIZE };
      return ask<Measurement>(PROGRAM, input, NURSERY);
    });
    print(`${String(count).padEnd(16)} ${describe(measurement, count)}`);
    measured.push({ count, measurement });
  }
  return {
    claims: measured.map(({ count, measurement }) => ({
      claim: `${provider}: megabytes above start for ${count} URLs`,
      measured: megabytes(measurement.peakBytes - measurement.startBytes),
      atMost: MEMORY_LIMIT_MEGABYTES,
    })),
    figures: {
      [`${provider} memory`]: Object.fromEntries(
        measured.map(({ count, measurement }) => [count, figuresOf(measurement, count)]),
      ),
    },
  };
}

interface Figures {
  readonly seconds: number;
  readonly urlsPerSecond: number;
  readonly cpuSeconds: number;
  readonly startMegabytes: number;
  readonly peakMegabytes: number;
}

function figuresOf({ seconds, cpuSeconds, startBytes, peakBytes }: Measurement, count: number): Figures {
  return {
    seconds: round(seconds),
    urlsPerSecond: round(count / seconds),
    cpuSeconds: round(cpuSeconds),
    startMegabytes: megabytes(startBytes),
    peakMegabytes: megabytes(peakBytes),
  };
}

function describe(measured: Measurement, count: number): string {
  const { seconds, urlsPerSecond, cpuSeconds, startMegabytes, peakMegabytes } = figuresOf(measured, count);
  return `${seconds} s, ${urlsPerSecond} URLs/s, CPU ${cpuSeconds} s, memory ${startMegabytes} to ${peakMegabytes} MB`;
}
