import type { SqliteValue } from './sqlite-value.ts';

/** What better-sqlite3 takes for the parameters of a statement: an array for `?`, an object for `?1`, `?2`, … */
export type Bindings = SqliteValue[] | Record<string, SqliteValue>;

const QUOTED_OR_COMMENT = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

/** The highest n of the parameters `?n` in a statement; 0 when it has none, which is usual. */
export function highestParameter(sql: string): number {
  if (!/\?\d/.test(sql)) return 0;
  const numbers = sql.replace(QUOTED_OR_COMMENT, ' ').matchAll(/\?(\d+)/g);
  return [...numbers].reduce((highest, [, number]) => Math.max(highest, Number(number)), 0);
}

/**
 * Arguments in the order of their parameters as better-sqlite3 wants them: `?1` counts as a name there. A whole
 * number becomes a bigint, since better-sqlite3 binds every number as REAL; then `1 / 2` is 0.5 and the text of 1 is
 * `1.0`.
 *
 * @throws RangeError when the statement has `?n` and another number of arguments
 */
export function bindArguments(args: readonly SqliteValue[], highest: number): Bindings {
  const values = args.map((arg) =>
    typeof arg === 'number' && Number.isSafeInteger(arg) && !Object.is(arg, -0) ? BigInt(arg) : arg,
  );
  if (highest === 0) return values;
  if (args.length !== highest) {
    throw new RangeError(`Too ${args.length < highest ? 'few' : 'many'} parameter values were provided`);
  }
  return Object.fromEntries(values.map((value, index) => [index + 1, value]));
}
