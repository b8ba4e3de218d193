// `npm test [-- vitest arguments]`: sets everything up and passes every test on both databases.

import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
const status = run(node(), [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)]);
if (status === 0) console.log('\nAll tests passed, on SQLite and on PostgreSQL. Next: npm start');
process.exitCode = status;
