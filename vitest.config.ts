import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Packages resolve to their source; what Node itself resolves keeps to Node's own conditions.
const conditions = ['@sheaf/source', 'module', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@sheaf/source', 'node'] } },
  test: {
    include: ['{packages,plugins,examples}/*/test/**/*.test.ts'],
    globalSetup: ['./packages/testkit/src/vitest-global-setup.ts'],
    // Tests start hundreds of processes: what they run is compiled once.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url)) },
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
