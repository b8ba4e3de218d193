import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RunCliOptions {
  /** The folder that the command runs in. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Kilobytes: no file may grow beyond (`ulimit -f`), which is what a disk quota looks like to a program. */
  readonly maxFileKb?: number;
  /** Runs without the rights of root, whom no permission stops. */
  readonly isUnprivileged?: boolean;
  /** Milliseconds after which it is killed; default longer than any wait of a command here. */
  readonly timeoutMs?: number;
}

export interface CliRun {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The most memory it had at once, in megabytes. */
  readonly peakMb: number;
  /** Milliseconds. */
  readonly durationMs: number;
}

const CLI = fileURLToPath(new URL('../../../src/cli.ts', import.meta.url));
/** A user without rights, on every system that has root. */
const NOBODY = 65_534;
const TIMEOUT_MS = 100_000;

// What the system counts for a process includes its parent's size up to the start; this number does not.
const REPORT_MEMORY = `
import { readFileSync, writeSync } from 'node:fs';
process.on('exit', () => {
  let kb = process.resourceUsage().maxRSS;
  try { kb = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  writeSync(3, String(kb));
});`;

/** Runs the command line as a user does: in a process of its own. */
export function runCli(argv: readonly string[], options: RunCliOptions): Promise<CliRun> {
  const { cwd, env, maxFileKb, isUnprivileged = false, timeoutMs = TIMEOUT_MS } = options;
  const program = [
    process.execPath,
    '--conditions=@sheaf/source',
    `--import=data:text/javascript,${encodeURIComponent(REPORT_MEMORY)}`,
    CLI,
    ...argv,
  ];
  // In bash a block has 1,024 bytes; in other shells 512.
  const limited =
    maxFileKb === undefined ? program : ['bash', '-c', `ulimit -f ${maxFileKb}; exec "$@"`, '-', ...program];
  const [command = '', ...args] = limited;
  const isRoot = process.getuid?.() === 0;
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  // What is compiled would not fit into the files either.
  const inherited = maxFileKb === undefined ? { PATH, NODE_COMPILE_CACHE } : { PATH };
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...inherited, HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(isUnprivileged && isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
    });
    const texts = ['', '', ''];
    [child.stdout, child.stderr, child.stdio[3]].forEach((stream, index) => {
      (stream as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => {
        texts[index] += text;
      });
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const [out = '', err = '', memory = ''] = texts;
      resolve({ code, out, err, peakMb: Number(memory) / 1024, durationMs: performance.now() - startedAt });
    });
  });
}
