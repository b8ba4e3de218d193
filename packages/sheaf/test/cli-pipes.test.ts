import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';
import { type SlowSite, startSlowSite } from './slow-site.ts';

const PROGRAM = [
  process.execPath,
  '--conditions=@sheaf/source',
  fileURLToPath(new URL('../src/cli.ts', import.meta.url)),
];
/** More than a pipe holds (64 KiB on Linux), so that the writer is still at it when the reader goes. */
const DOCUMENTS = 1_000;

let folder: TempFolder;
let site: SlowSite;
let database: string;
beforeAll(async () => {
  folder = await createTempFolder('cli-pipes');
  site = await startSlowSite(3);
  database = join(folder.path, 'main.db');
  const sheaf = await createSheaf({ url: database });
  await sheaf.workspace('default').data.documents.register(
    Array.from({ length: DOCUMENTS }, (_, index) => ({ uri: `https://docs.example/a/page/of/some/length/${index}` })),
    { method: 'test' },
  );
  await sheaf.close();
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

function startSheaf(argv: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  const [node = '', ...rest] = PROGRAM;
  return spawn(node, [...rest, ...argv], { stdio: ['ignore', stdout, 'pipe'], cwd: folder.path });
}

function exitOf(child: ChildProcess): Promise<Exit> {
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, errors })));
}

describe('a reader that goes away', { timeout: 120_000 }, () => {
  it('ends the output of every command quietly, and is no failure', async () => {
    const commands = [['docs', '--json', '--limit', '1000'], ['status'], ['db', 'status'], ['docs', '--help']];
    const exits = await Promise.all(
      commands.map((argv) => {
        const child = startSheaf([...argv, '--database', database]);
        child.stdout?.destroy();
        return exitOf(child);
      }),
    );
    expect(exits).toEqual(commands.map(() => ({ code: 0, signal: null, errors: '' })));
  });

  it('has read what it wanted: sheaf docs | head -1', async () => {
    const script = `'${PROGRAM.join("' '")}' docs --json --limit ${DOCUMENTS} --database '${database}' | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script]);
    const [first = '', status] = stdout.trimEnd().split('\n');
    expect(JSON.parse(first)).toMatchObject({ domain: 'docs.example' });
    expect([status, stderr]).toEqual(['0', '']);
  });

  it('and with it the progress does not stop the work', async () => {
    const url = join(folder.path, 'map.db');
    const held = site.hold('/sitemap.xml');
    const web = ['--allow-private', '--min-delay', '0', '--method', 'sitemap'];
    const child = startSheaf(['map', `${site.origin}/`, ...web, '--database', url]);
    await held.requested;
    child.stdout?.destroy();
    child.stderr?.destroy();
    const exit = exitOf(child);
    held.release();
    expect(await exit).toMatchObject({ code: 0, signal: null });
    const { out } = await cli(['runs', '--json', '--database', url], { cwd: folder.path });
    expect(JSON.parse(out)).toMatchObject({ tool: 'map.run', status: 'completed', output: { discovered: 3 } });
  });
});

describe('an output that cannot be written', { timeout: 120_000 }, () => {
  it('is a failure, told on one line', async () => {
    const full = openSync('/dev/full', 'w');
    const exit = await exitOf(startSheaf(['docs', '--json', '--database', database], full));
    closeSync(full);
    expect(exit).toMatchObject({ code: 1, signal: null });
    expect(exit.errors).toMatch(/^error cli\.output-failed: .*ENOSPC.*\n.*\n$/);
  });
});
