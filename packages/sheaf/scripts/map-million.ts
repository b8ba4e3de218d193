/**
 * Maps a million URLs on the command line, once from an index of 20 sitemaps and once from a single file just below the
 * limit of 50 MiB, and prints what was found, the time and the most memory that the command had.
 *
 * node --conditions=@sheaf/source packages/sheaf/scripts/map-million.ts
 */
import { join } from 'node:path';
import { createTempFolder } from '@sheaf/testkit';
import { startBadSite } from '../test/bad-input/support/bad-site.ts';
import { sitemapIndex, sitemapOf } from '../test/bad-input/support/large-sitemaps.ts';
import { runCli } from '../test/bad-input/support/run-cli.ts';

const site = await startBadSite({
  ...sitemapIndex(20, 50_000),
  '/single.xml': sitemapOf(1_000_000, '/a-page-with-a-name'),
});
const folder = await createTempFolder('million');
for (const path of ['/index.xml', '/single.xml']) {
  const argv = ['map', site.origin + path, '--allow-private', '--min-delay', '0', '--json', '--quiet'];
  const run = await runCli([...argv, '--database', join(folder.path, `${path.slice(1)}.db`)], {
    cwd: folder.path,
    timeoutMs: 1_200_000,
  });
  const { discovered, isComplete, errors } = JSON.parse(run.out || '{}');
  const { peakMb, durationMs, code } = run;
  const figures = {
    path,
    code,
    discovered,
    isComplete,
    errors,
    peakMb: Math.round(peakMb),
    seconds: durationMs / 1_000,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
await site.close();
await folder.remove();
