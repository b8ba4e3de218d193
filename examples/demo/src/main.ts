// The main job: map a site, fetch what it found, show it as documents. Without a URL the example site is served on
// loopback under its stable origin; once its documents are known it has moved on to its scenario `second`.
import { startExampleSite } from '@sheaf/example-site';
import { createSheaf } from 'sheaf';
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

async function isKnown(database: string, origin: string): Promise<boolean> {
  const opened = await createSheaf({ url: database });
  try {
    return (await opened.workspace('default').data.documents.count({ uriContains: origin })) > 0;
  } finally {
    await opened.close();
  }
}

async function demonstrate(): Promise<number> {
  const database = process.env.SHEAF_DATABASE_URL ?? '.sheaf/example.db';
  const site = await startExampleSite({ slowMs: 300 });
  try {
    const isAgain = await isKnown(database, site.origin);
    if (isAgain) site.setScenario('second');
    process.stderr.write(
      isAgain
        ? `The example site ${site.origin} has changed since the last time.\n\n`
        : `The example site is ${site.origin}, served from ${site.address}.\n\n`,
    );
    const connections = Object.entries(site.connectTo).flatMap(([from, to]) => ['--connect-to', `${from}=${to}`]);
    const common = ['--database', database];
    const code = await sheaf('ingest', `${site.origin}/`, '--min-delay', '0', ...connections, ...common);
    if (code !== 0) return code;
    process.stdout.write('\n');
    const shown = await sheaf('status', ...common);
    process.stdout.write(
      `\nHere, "sheaf" is "npm run -s sheaf --", and the example's database is ${database}:\n` +
        `  npm run -s sheaf -- show ${site.origin}/ --text --database ${database}\n`,
    );
    return shown;
  } finally {
    await site.close();
  }
}

process.exitCode = url === undefined ? await demonstrate() : await sheaf('ingest', url, ...rest);
