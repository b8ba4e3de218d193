import { CommanderError } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { hasFlag, optionValue } from './argv.ts';
import { buildProgram } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { COMPLETE_COMMAND, completeWords } from './completion/complete-words.ts';
import { cliErrors } from './errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { interruptible } from './interruptible.ts';
import type { CliIo, Output } from './io.ts';
import { createRedactor } from './redact-secrets.ts';
import { reportError } from './report-error.ts';
import { printable } from './text-width.ts';

/**
 * Runs one command line and gives its exit code. Never throws: a failure becomes one line with its code and one with
 * the hint on stderr, or one JSON object with `--json`; details only with `--verbose`. What goes to stderr shows no
 * password and no token. With `config`, no configuration file is looked for: an app brings its own command line with
 * its own plugins.
 */
export async function main(argv: readonly string[], io: CliIo, config?: SheafConfig): Promise<number> {
  if (argv[0] === COMPLETE_COMMAND) return complete(argv.slice(1), io, config);
  const urls = [optionValue(argv, '--database'), io.env.SHEAF_DATABASE_URL, io.env.DATABASE_URL];
  let redact = createRedactor(urls);
  const safeIo: CliIo = { ...io, stderr: mapped(io.stderr, (text) => redact(text)) };
  try {
    const loaded = await load(argv, io, config);
    redact = createRedactor([...urls, loaded.config.database?.url]);
    const program = buildProgram(loaded, safeIo);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help')) return EXIT.ok;
    const failure = error instanceof CommanderError ? usageError(error) : error;
    reportError(failure, {
      write: (text) => safeIo.stderr.write(text),
      colors: colorsFor(io.stderr, io, hasFlag(argv, '--no-color')),
      isJson: hasFlag(argv, '--json'),
      isVerbose: hasFlag(argv, '--verbose'),
    });
    return exitCodeOf(failure);
  }
}

async function load(argv: readonly string[], io: CliIo, config: SheafConfig | undefined): Promise<LoadedConfig> {
  if (config) return { config, file: undefined };
  return interruptible(io.signal, () => loadConfig(io.cwd, optionValue(argv, '--config')));
}

/** Answers a shell. What is wrong is no matter while a line is being typed: without its plugins, Sheaf has commands too. */
async function complete(words: readonly string[], io: CliIo, config: SheafConfig | undefined): Promise<number> {
  const program = await load(words, io, config)
    .then((loaded) => buildProgram(loaded, io))
    .catch(() => buildProgram({ config: {}, file: undefined }, io));
  io.stdout.write(completeWords(program, words).join(''));
  return EXIT.ok;
}

function usageError({ message }: CommanderError): Error {
  return cliErrors.create('usage', { reason: printable(message.replace(/^error: /, '')) });
}

function mapped(output: Output, change: (text: string) => string): Output {
  return {
    write: (text) => output.write(change(text)),
    get isTTY() {
      return output.isTTY;
    },
    get columns() {
      return output.columns;
    },
  };
}
