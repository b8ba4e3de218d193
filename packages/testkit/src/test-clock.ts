import type { Clock } from '@sheaf/core';

/** A clock that moves only when told to. */
export interface TestClock extends Clock {
  /** Moves forward; gives the new time. */
  advance(milliseconds: number): Date;
  set(time: Date | string): void;
}

/** Makes a clock that stands at `start`; default 2026-01-01 00:00 UTC. */
export function createTestClock(start: Date | string = '2026-01-01T00:00:00.000Z'): TestClock {
  let time = new Date(start).getTime();
  return {
    now: () => new Date(time),
    advance(milliseconds) {
      time += milliseconds;
      return new Date(time);
    },
    set(next) {
      time = new Date(next).getTime();
    },
  };
}
