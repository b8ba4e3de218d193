import { defineConfig } from 'tsup';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/vitest-global-setup.ts',
    'src/databases/migrate-template.ts',
    'src/kills/kill-switch.ts',
  ],
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  clean: true,
});
