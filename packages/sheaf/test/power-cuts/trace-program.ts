import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTempFolder } from '@sheaf/testkit';
import type { DiskEvent } from './disk-event.ts';
import { readTrace, TRACED_CALLS } from './read-trace.ts';

/** More than anything that is written in one call. */
const MAX_DATA_BYTES = 10_000_000;

/** Why no program can be traced on this machine; undefined where one can. */
export function whyUntraceable(): string | undefined {
  if (process.platform !== 'linux') return 'strace is there on Linux alone';
  const { error, status, stderr } = spawnSync('strace', [...straceArguments('/dev/null'), 'true'], {
    encoding: 'utf8',
  });
  if (error) return 'strace is not installed';
  return status === 0 ? undefined : `strace does not work here: ${stderr.trim()}`;
}

/** Runs a TypeScript file to its end and gives what it did to the disk in `folder`, and what it said. */
export async function traceProgram(
  file: URL,
  { args, folder }: { readonly args: readonly string[]; readonly folder: string },
): Promise<readonly DiskEvent[]> {
  const scratch = await createTempFolder('trace');
  try {
    const trace = `${scratch.path}/trace`;
    const node = [process.execPath, '--conditions=@sheaf/source', fileURLToPath(file), ...args];
    // Calls by way of io_uring would not be seen.
    const env = { ...process.env, UV_USE_IO_URING: '0' };
    const child = spawn('strace', [...straceArguments(trace), ...node], { stdio: ['ignore', 'pipe', 'pipe'], env });
    let errorOutput = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errorOutput += text;
    });
    child.stdout.resume();
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`The traced program failed (${code}): ${errorOutput}`);
    return readTrace(await readFile(trace, 'utf8'), folder);
  } finally {
    await scratch.remove();
  }
}

function straceArguments(output: string): readonly string[] {
  const calls = TRACED_CALLS.map((call) => `?${call}`).join(',');
  return ['-f', '-y', '-xx', '--seccomp-bpf', '-s', String(MAX_DATA_BYTES), '-e', `trace=${calls}`, '-o', output];
}
