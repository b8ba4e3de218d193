import { expect } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface ExpectedFailure {
  /** Default 1: something outside failed, or a person must act. */
  readonly exit?: number;
  readonly code: string;
  /** What the message says of what was wrong. */
  readonly says: RegExp | string;
  /** What the hint says of how to mend it. */
  readonly hint: RegExp | string;
}

/** A failure as a person at a terminal gets it: code, message and hint, no result and no stack. */
export function expectFailure(ended: Ended, { exit = 1, code, says, hint }: ExpectedFailure): void {
  const lines = ended.err.trimEnd().split('\n');
  const start = lines.findIndex((line) => line.includes(` ${code}: `));
  expect(ended.err, 'the code').toContain(` ${code}: `);
  const told = lines.slice(start);
  expect(told.join('\n'), 'the message').toMatch(says);
  expect(told.at(-1), 'the hint').toMatch(hint);
  expect(ended.err, 'the stack').not.toMatch(/\n\s+at /);
  expect([ended.code, ended.out]).toEqual([exit, '']);
}
