// Publishes the packages that are not on the registry in their present version, from tarballs: `npm run release`, in the
// release workflow. Tests do the same in a copy of the checkout (scripts/packages/release.mjs).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
const packed = mkdtempSync(join(tmpdir(), 'sheaf-release-'));
const changeset = join(root, 'node_modules/@changesets/cli/bin.js');
const steps = [
  [join(root, 'node_modules/turbo/bin/turbo'), 'run', 'build'],
  [changeset, 'pack', '--out-dir', packed],
  [changeset, 'publish', '--from-pack-dir', packed],
];
for (const args of steps) {
  process.exitCode = run(node(), args);
  if (process.exitCode !== 0) break;
}
rmSync(packed, { recursive: true, force: true });
