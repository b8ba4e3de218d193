// The main job: map a site, fetch what it found, show it as documents. Without a URL the example site is served on
// loopback under its stable origin; from the second time on it has moved to its scenario `second`.
import { existsSync } from 'node:fs';
import { startExampleSite } from '@sheaf/example-site';
import { main } from 'sheaf/cli';

const [url, ...rest] = process.argv.slice(2);
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

function sheaf(...argv: string[]): Promise<number> {
  return main(argv, {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    signal: interrupted.signal,
  });
}

if (url !== undefined) {
  process.exitCode = await sheaf('ingest', url, ...rest);
} else {
  const database = '.sheaf/example.db';
  const isFirst = !existsSync(database);
  const site = await startExampleSite({ scenario: isFirst ? 'initial' : 'second', slowMs: 300 });
  const connections = Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]);
  const common = ['--database', database, '--min-delay', '0', ...connections];
  process.stderr.write(
    isFirst
      ? `The example site is at ${site.origin} (served from ${site.address}).\n\n`
      : `The example site has changed since the first time: ${site.origin}.\n\n`,
  );
  try {
    process.exitCode = await sheaf('ingest', `${site.origin}/`, '--max-attempts', '2', ...common);
    if (process.exitCode === 0) {
      process.stdout.write('\n');
      process.exitCode = await sheaf('status', '--database', database);
    }
  } finally {
    await site.close();
  }
}
