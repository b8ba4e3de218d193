import picocolors from 'picocolors';
import type { CliIo, Output } from './io.ts';

export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green'
>;

/**
 * Colours for one output, by the first of these that says something: `--no-color`, NO_COLOR, FORCE_COLOR (0 and false
 * refuse them, all else asks for them), TERM=dumb, and whether the output is a terminal.
 */
export function colorsFor(output: Output, { env }: Pick<CliIo, 'env'>, isOff: boolean): Colors {
  return picocolors.createColors(!isOff && hasColors(output, env));
}

function hasColors(output: Output, { NO_COLOR, FORCE_COLOR, TERM }: CliIo['env']): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return TERM !== 'dumb' && output.isTTY === true;
}
