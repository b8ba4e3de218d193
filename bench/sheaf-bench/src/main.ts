import { parseArgs } from 'node:util';
import type { Benchmark } from './harness/benchmark.ts';
import { report } from './harness/report.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  register: async () => (await import('./register/benchmark.ts')).registerBenchmark,
  list: async () => (await import('./list/benchmark.ts')).listBenchmark,
  fetch: async () => (await import('./fetch/benchmark.ts')).fetchBenchmark,
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean' } } });
const [name = ''] = positionals;
const load = BENCHMARKS[name];
if (load === undefined || positionals.length > 1) {
  process.stderr.write(`Name one benchmark: ${Object.keys(BENCHMARKS).join(', ')}. --quick runs a smaller version.\n`);
  process.exitCode = 2;
} else {
  const run = await load();
  const isQuick = values.quick ?? false;
  for (const line of report({ benchmark: name, isQuick, ...(await run({ isQuick, print })) })) print(line);
}
