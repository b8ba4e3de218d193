// The packages as they are published: `npm run check-packages`, after a build.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const conditions = ['@sheaf/source', 'module', 'node'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  ssr: { resolve: { conditions, externalConditions: ['@sheaf/source', 'node'] } },
  test: {
    include: ['test/*.test.mjs'],
    globalSetup: ['./global-setup.mjs'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What was installed is a gigabyte in many small files.
    teardownTimeout: 120_000,
  },
});
