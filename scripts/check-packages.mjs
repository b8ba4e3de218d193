// Packs all packages as a release does, installs them from a registry of their own, and uses them: `npm run
// check-packages [-- vitest arguments]`. Builds first.
import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
const built = run(node(), [join(root, 'node_modules/turbo/bin/turbo'), 'run', 'build', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const config = join(root, 'scripts', 'packages', 'vitest.config.mjs');
process.exitCode = run(node(), [vitest, 'run', '--config', config, ...process.argv.slice(2)]);
