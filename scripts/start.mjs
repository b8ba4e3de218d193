// `npm start [-- URL …]`: sets everything up and runs the main job, on the example site where no URL is given.
import { join } from 'node:path';
import { bootstrap, node, root, run } from './bootstrap.mjs';

bootstrap();
process.exitCode = run(node(), [
  '--conditions=@sheaf/source',
  join(root, 'examples', 'demo', 'src', 'main.ts'),
  ...process.argv.slice(2),
]);
