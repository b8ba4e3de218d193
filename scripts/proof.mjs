// `npm run proof -- NAME [--seed N] [--count N] [--seconds N]`: shows at length a promise that `npm test` shows in short.
// Each part prints a line of JSON with its figures; the seed in it repeats the same proof.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, node, root, run } from './bootstrap.mjs';

/** The test file of each proof. */
const PROOFS = {
  concurrency: 'packages/sheaf/test/mixed-load.test.ts',
  durability: 'packages/sheaf/test/power-cuts.test.ts',
  kills: 'packages/sheaf/test/kills.test.ts',
  sql: 'packages/db/test/sql-fuzz.test.ts',
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, count: { type: 'string' }, seconds: { type: 'string' } },
});
const [name = ''] = positionals;
const file = PROOFS[name];
if (file === undefined) {
  console.error(`There is no proof "${name}". The proofs are: ${Object.keys(PROOFS).join(', ')}.`);
  process.exit(2);
}
const env = { SHEAF_PROOF: name };
for (const [option, value] of Object.entries(values)) env[`SHEAF_PROOF_${option.toUpperCase()}`] = value;
bootstrap();
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
process.exitCode = run(node(), [vitest, 'run', file, '--reporter=verbose'], { env });
