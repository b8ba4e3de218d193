import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Packages resolve to their source; what Node itself resolves keeps to Node's own conditions.
const conditions = ['@sheaf/source', 'module', 'node'];

/** They take longest, and would otherwise run by themselves in the end. */
const LONGEST = [
  'packages/sheaf/test/kills.test.ts',
  'packages/schema-engine/test/postgresql.test.ts',
  'packages/schema-engine/test/sqlite.test.ts',
  'packages/sheaf/test/example-site.test.ts',
  'packages/db/test/migrate-cli.test.ts',
  'packages/testkit/test/processes.test.ts',
  'packages/sheaf/test/doctor/',
  'packages/sheaf/test/bad-input/',
  'packages/testkit/test/engine/',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONGEST.findIndex((path) => moduleId.includes(path));
      return index === -1 ? LONGEST.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@sheaf/source', 'node'] } },
  test: {
    include: ['{packages,plugins,examples}/*/test/**/*.test.ts'],
    globalSetup: ['./packages/testkit/src/vitest-global-setup.ts'],
    // Tests start hundreds of processes: what they run is compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)) },
    pool: 'forks',
    // Modules are loaded and warm once for all files of a worker: a fifth of the time of the whole.
    isolate: false,
    // Tests wait for a third of their time: for other processes, for pauses, for the disk.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
