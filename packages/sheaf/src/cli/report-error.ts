import { isSheafError, type SheafError } from '@sheaf/core';
import type { Colors } from './colors.ts';
import { cliErrors } from './errors.ts';
import { printable } from './text-width.ts';

export interface ReportErrorOptions {
  readonly write: (text: string) => unknown;
  readonly colors: Colors;
  /** One JSON object instead of lines. */
  readonly isJson: boolean;
  /** Also the facts, the stack and the causes. */
  readonly isVerbose: boolean;
}

/**
 * Tells a failure: one line with code and message, one with the hint. Where an error names several problems at once,
 * each has a line of its own between the two.
 */
export function reportError(thrown: unknown, { write, colors, isJson, isVerbose }: ReportErrorOptions): void {
  const error = isSheafError(thrown) ? thrown : unexpected(thrown);
  const stack = stackOf(thrown);
  if (isJson) {
    const { code, message, hint, isRetryable, details } = error;
    const report = { code, message, hint, isRetryable, ...(isVerbose ? { details, stack } : {}) };
    write(`${JSON.stringify({ error: report })}\n`);
    return;
  }
  const [message = '', ...problems] = linesOf(error.message);
  const lines = [`${colors.red('error')} ${error.code}: ${message}`, ...problems, colors.dim(printable(error.hint))];
  if (isVerbose) lines.push(...sqlOf(error), ...stack);
  write(`${lines.join('\n')}\n`);
}

function unexpected(thrown: unknown): SheafError {
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return cliErrors.create('unexpected', { reason }, { cause: thrown });
}

/** The message as one line; a list of several problems with a line for each. */
function linesOf(message: string): readonly string[] {
  const [head = '', ...problems] = message.split('\n- ').map(printable);
  return problems.length > 1 ? [head, ...problems.map((problem) => `- ${problem}`)] : [[head, ...problems].join(' ')];
}

/** Statements hold placeholders where their values were. */
function sqlOf({ details }: SheafError): readonly string[] {
  return typeof details.sql === 'string' && details.sql !== '' ? [`statement: ${printable(details.sql)}`] : [];
}

/** The stack of an error and of its causes. */
function stackOf(thrown: unknown): readonly string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  const add = (error: unknown, prefix: string): void => {
    if (error === undefined || error === null || seen.has(error)) return;
    seen.add(error);
    lines.push(...`${prefix}${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.split('\n'));
    if (error instanceof AggregateError) for (const one of error.errors) add(one, 'one of: ');
    if (error instanceof Error) add(error.cause, 'caused by: ');
  };
  add(thrown, '');
  return lines;
}
