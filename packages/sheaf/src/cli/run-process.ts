import { constants } from 'node:os';
import type { SheafError } from '@sheaf/core';
import { cliErrors } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { Output } from './io.ts';
import { main } from './main.ts';

/** What of a process the command line uses. */
export type HostProcess = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd' | 'stdout' | 'stderr' | 'on' | 'exit'> & {
  exitCode?: number | string | null | undefined;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs the command line as a process: its arguments, outputs, signals and exit code.
 *
 * - The first signal ends cleanly: what is under way is kept or given back. The second one ends at once. Both exit with
 *   128 and the signal's number, unless everything had been done.
 * - A reader that goes away (`sheaf docs | head -1`) ends the output and not the work, and is no failure. Any other
 *   failure of standard output is (`> /dev/full`).
 */
export async function runProcess(host: HostProcess): Promise<void> {
  const interruption = new AbortController();
  let exitOfSignal: number = EXIT.interrupted;
  for (const signal of SIGNALS) {
    host.on(signal, () => {
      if (interruption.signal.aborted) host.exit(exitOfSignal);
      exitOfSignal = 128 + constants.signals[signal];
      interruption.abort();
    });
  }
  const stdout = guarded(host.stdout);
  const stderr = guarded(host.stderr);
  const code = await main(host.argv.slice(2), {
    stdout,
    stderr,
    env: host.env,
    cwd: host.cwd(),
    signal: interruption.signal,
  });
  await stdout.flushed();
  const failure = stdout.failure();
  if (failure) stderr.write(`error ${failure.code}: ${failure.message}\n${failure.hint}\n`);
  await stderr.flushed();
  // Work that could not be interrupted may still be waiting, for a lock or a server.
  if (code === EXIT.interrupted) host.exit(exitOfSignal);
  host.exitCode = code === EXIT.ok && failure ? exitCodeOf(failure) : code;
}

interface GuardedOutput extends Output {
  /** Waits until all that was written has arrived, or cannot any more. */
  flushed(): Promise<void>;
  failure(): SheafError | undefined;
}

/** An output whose failures end no process. */
function guarded(stream: NodeJS.WriteStream): GuardedOutput {
  let failure: SheafError | undefined;
  let isGone = false;
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    isGone = true;
    // The reader, or the terminal, has gone.
    if (cause.code === 'EPIPE' || cause.code === 'EIO') return;
    failure = cliErrors.create('output-failed', { reason: cause.message }, { cause });
  });
  return {
    write: (text) => !isGone && stream.write(text),
    // An error is told right after the write has ended.
    flushed: () => new Promise((resolve) => stream.write('', () => setImmediate(resolve))),
    failure: () => failure,
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}
