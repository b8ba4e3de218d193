import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface RunFixtureOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Modules to be loaded before the file. */
  readonly imports?: readonly URL[];
  /** Milliseconds after which the process is killed; default 60,000. */
  readonly timeoutMs?: number;
}

export interface FixtureExit {
  /** Null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Standard output, line by line. */
  readonly lines: readonly string[];
  readonly errorOutput: string;
}

/** A process that runs a TypeScript file of a test. */
export interface FixtureProcess {
  readonly pid: number;
  /**
   * The first line of standard output that matches, also one that was written already.
   *
   * @throws when the process ends without it.
   */
  line(pattern: RegExp): Promise<string>;
  /** Writes a line to its standard input. */
  send(line: string): void;
  /** Signals the process and waits for its end; default SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<FixtureExit>;
  /** Without waiting: to pause (`SIGSTOP`) and go on (`SIGCONT`). */
  signal(signal: NodeJS.Signals): void;
  /** Waits for its end. */
  readonly exited: Promise<FixtureExit>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const running = new Set<Child>();
let isWatchingExit = false;

/**
 * Runs a TypeScript file in a process of its own, as a test runs it: with the packages' sources.
 *
 * @example
 * const claimer = runFixture(new URL('fixtures/claim-steps.ts', import.meta.url), [url]);
 * await claimer.line(/^claimed/);
 * await claimer.kill();
 */
export function runFixture(file: URL, args: readonly string[] = [], options: RunFixtureOptions = {}): FixtureProcess {
  const imports = (options.imports ?? []).flatMap(({ href }) => ['--import', href]);
  const child: Child = spawn(
    process.execPath,
    ['--conditions=@sheaf/source', '--enable-source-maps', ...imports, fileURLToPath(file), ...args],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.env } },
  );
  track(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let errorOutput = '';
  let exit: FixtureExit | undefined;
  const notify = (): void => {
    for (const check of waiting) check();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    notify();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  // A process that has ended takes no more input.
  child.stdin.on('error', () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  const exited = new Promise<FixtureExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      exit = { code, signal, lines, errorOutput };
      notify();
      resolve(exit);
    });
  });
  return {
    pid: child.pid ?? 0,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined && exit === undefined) return;
          waiting.delete(check);
          if (found !== undefined) resolve(found);
          else reject(new Error(`The process ended without a line that matches ${pattern}.\n${errorOutput}`));
        };
        waiting.add(check);
        check();
      }),
    send: (line) => void child.stdin.write(`${line}\n`),
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return exited;
    },
    signal: (signal) => void child.kill(signal),
    exited,
  };
}

/** No process outlives the one that started it. */
function track(child: Child): void {
  running.add(child);
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.on('exit', () => {
    for (const other of running) other.kill('SIGKILL');
  });
}
