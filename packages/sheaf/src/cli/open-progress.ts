import type { CliContext } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { createProgress, type ProgressReporter } from './progress.ts';
import { columnsOf, isInteractive } from './terminal.ts';

/** Shows progress on standard error, as the command line was told to. */
export function openProgress(
  { io, globals }: CliContext,
  { isQuiet = false }: { readonly isQuiet?: boolean } = {},
): ProgressReporter {
  const { quiet, color } = globals();
  return createProgress({
    output: io.stderr,
    colors: colorsFor(io.stderr, io, !color),
    isQuiet: quiet === true || isQuiet,
    isInteractive: isInteractive(io.stderr, io.env),
    width: () => columnsOf(io.stderr, io.env),
  });
}
