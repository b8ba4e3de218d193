import type { CliIo, Output } from './io.ts';

/** Columns where a terminal does not say how many it has. */
const DEFAULT_COLUMNS = 80;

type Env = CliIo['env'];

/** Columns across: those of the terminal, before them COLUMNS; no limit elsewhere, since a program reads it whole. */
export function widthOf(output: Output, env: Env): number {
  return output.isTTY ? columnsOf(output, env) : Number.POSITIVE_INFINITY;
}

/** Columns for help, which is wrapped wherever it goes. */
export function columnsOf(output: Output, env: Env): number {
  if (!output.isTTY) return DEFAULT_COLUMNS;
  const asked = Number(env.COLUMNS);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return output.columns || DEFAULT_COLUMNS;
}

/** Whether lines may be drawn over: a terminal that understands it, with a person before it. */
export function isInteractive(output: Output, env: Env): boolean {
  return output.isTTY === true && env.TERM !== 'dumb' && !isSet(env.CI);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
