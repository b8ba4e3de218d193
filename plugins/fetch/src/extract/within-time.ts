import { type Context, createContext, Script } from 'node:vm';

/** Thrown for work that was broken off. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`It took longer than ${timeoutMs} ms.`);
    this.timeoutMs = timeoutMs;
  }
}

const call = new Script('work()');
// The work runs where it was defined, not in here: the context is there for its time limit alone.
const context: Context = createContext({ work: undefined });

/**
 * Runs synchronous work and breaks it off after so many milliseconds, wherever it is: inside a library or a regular
 * expression too. Nothing else stops what never yields, short of a thread of its own.
 *
 * @throws OutOfTime, and what `work` throws.
 */
export function withinTime<Value>(work: () => Value, timeoutMs: number): Value {
  context.work = work;
  try {
    return call.runInContext(context, { timeout: timeoutMs }) as Value;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new OutOfTime(timeoutMs);
  } finally {
    context.work = undefined;
  }
}
