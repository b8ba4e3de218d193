// `npm run -s sheaf -- COMMAND …`: the command line of this checkout, set up first where that is needed.
import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
const cli = join(root, 'packages', 'sheaf', 'src', 'cli.ts');
process.exitCode = run(node(), ['--conditions=@sheaf/source', cli, ...process.argv.slice(2)]);
