import picocolors from 'picocolors';
import type { CliIo, Output } from './io.ts';

export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'red' | 'yellow' | 'cyan' | 'green'
>;

/** Colours for one output: off where it is no terminal, with `--no-color` or with NO_COLOR; on with FORCE_COLOR. */
export function colorsFor(output: Output, { env }: Pick<CliIo, 'env'>, isOff: boolean): Colors {
  const isForced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const isRefused = isOff || (env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.TERM === 'dumb';
  return picocolors.createColors(!isRefused && (isForced || output.isTTY === true));
}
