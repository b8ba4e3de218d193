import { isSheafError } from '@sheaf/core';
import { CommanderError } from 'commander';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { buildProgram } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { cliErrors } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import type { CliIo } from './io.ts';

/**
 * Runs one command line and gives its exit code. Never throws: a failure becomes one line with its code and one with
 * the hint on stderr; details only with `--verbose`. With `config`, no configuration file is looked for: an app brings
 * its own command line with its own plugins.
 */
export async function main(argv: readonly string[], io: CliIo, config?: SheafConfig): Promise<number> {
  const isVerbose = argv.includes('--verbose');
  try {
    const program = await buildProgram(argv, io, config);
    if (argv.length === 0) {
      program.outputHelp();
      return EXIT.ok;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      return report(cliErrors.create('usage', { reason: error.message.replace(/^error: /, '') }), io, isVerbose);
    }
    return report(error, io, isVerbose);
  }
}

function report(error: unknown, io: CliIo, isVerbose: boolean): number {
  const colors = colorsFor(io.stderr, io, false);
  if (isSheafError(error)) {
    io.stderr.write(`${colors.red('error')} ${error.code}: ${error.message}\n${colors.dim(error.hint)}\n`);
  } else {
    const message = error instanceof Error ? error.message : String(error);
    io.stderr.write(`${colors.red('error')} ${message}\n`);
    if (!isVerbose)
      io.stderr.write(`${colors.dim('This is not a failure that Sheaf knows; run with --verbose for details.')}\n`);
  }
  if (isVerbose) io.stderr.write(`${stackOf(error)}\n`);
  return exitCodeOf(error);
}

function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause: unknown = error; cause !== undefined && lines.length < 10; ) {
    lines.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.join('\ncaused by ');
}
