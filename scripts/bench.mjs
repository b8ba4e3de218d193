// `npm run bench -- <name> [--quick]`: sets everything up and measures one claim against its peers.
import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
process.exitCode = run(node(), [
  '--conditions=@sheaf/source',
  join(root, 'bench', 'sheaf-bench', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
