import { userInfo } from 'node:os';
import type { CliIo } from './io.ts';

/** Who is at work: `SHEAF_ACTOR`, as a service or a pipeline says it of itself, else the user of the system. */
export function actorOf(env: CliIo['env']): string {
  return env.SHEAF_ACTOR || userName() || env.USER || env.LOGNAME || 'unknown';
}

/** A container may run under a number that no user has. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
