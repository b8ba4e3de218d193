import type { Logger } from '@sheaf/core';
import type { CliContext } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { printable } from './text-width.ts';

/** Log lines on stderr: warnings and errors, with `--verbose` everything; nothing but errors with `--quiet`. */
export function createCliLogger({ io, globals }: CliContext): Logger {
  const { quiet, verbose, color } = globals();
  const colors = colorsFor(io.stderr, io, !color);
  const line =
    (label: string, isShown: boolean) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (!isShown) return;
      const details = fields && Object.keys(fields).length > 0 ? ` ${colors.dim(JSON.stringify(fields))}` : '';
      io.stderr.write(`${label} ${printable(message)}${details}\n`);
    };
  return {
    debug: line(colors.dim('debug'), verbose === true),
    info: line('info', verbose === true),
    warn: line(colors.yellow('warning'), quiet !== true),
    error: line(colors.red('error'), true),
  };
}
