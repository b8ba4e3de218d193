import { parseArgs } from 'node:util';
import type { Provider } from '@sheaf/db';
import type { Benchmark } from './harness/benchmark.ts';
import { report } from './harness/report.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  register: async () => (await import('./register/benchmark.ts')).registerBenchmark,
  list: async () => (await import('./list/benchmark.ts')).listBenchmark,
  sql: async () => (await import('./sql/benchmark.ts')).sqlBenchmark,
  fetch: async () => (await import('./fetch/benchmark.ts')).fetchBenchmark,
};

const PROVIDERS: readonly Provider[] = ['sqlite', 'postgresql'];

const print = (line: string): void => void process.stdout.write(`${line}\n`);
// Temporary databases, and a server that was started, go when the process exits.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, provider: { type: 'string', multiple: true } },
});
const [name = ''] = positionals;
const load = BENCHMARKS[name];
const providers = PROVIDERS.filter((provider) => values.provider?.includes(provider) ?? true);
if (load === undefined || positionals.length > 1 || providers.length === 0) {
  process.stderr.write(`Name one benchmark: ${Object.keys(BENCHMARKS).join(', ')}.
--quick runs a smaller version; --provider ${PROVIDERS.join('|')} runs it on that database alone.
`);
  process.exitCode = 2;
} else {
  const run = await load();
  const isQuick = values.quick;
  for (const line of report({ benchmark: name, isQuick, ...(await run({ providers, isQuick, print })) })) print(line);
}
