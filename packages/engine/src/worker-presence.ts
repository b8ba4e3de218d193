import { hostname } from 'node:os';
import type { Clock } from '@sheaf/core';
import type { WorkerRepository } from '@sheaf/db';

/** Milliseconds between check-ins. */
const BEAT_MS = 2_000;
/** Milliseconds without a check-in after which a worker of any host is taken for dead. */
const DEAD_AFTER_MS = 60_000;

// Several Sheafs may live in one process: they share its pid, and each knows that the others are alive.
const workersOfThisProcess = new Set<string>();

export interface WorkerPresence {
  /** Registers this worker the first time, and gives back what workers held that have died since the last time. */
  arrive(): Promise<void>;
  leave(): Promise<void>;
}

export interface WorkerPresenceOptions {
  readonly workerId: string;
  readonly workers: WorkerRepository;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export function createWorkerPresence({ workerId, workers, clock, onError }: WorkerPresenceOptions): WorkerPresence {
  const self = { id: workerId, host: hostname(), pid: process.pid };
  let arrival: Promise<void> | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let beat: Promise<void> = Promise.resolve();
  const removeDead = async (): Promise<void> => {
    const now = clock.now().getTime();
    for (const worker of await workers.list()) {
      const isSilent = now - worker.lastSeenAt.getTime() > DEAD_AFTER_MS;
      if (worker.id !== workerId && (isSilent || isDeadHere(worker, self.host))) await workers.remove(worker.id);
    }
  };
  const register = async (): Promise<void> => {
    workersOfThisProcess.add(workerId);
    await workers.checkIn(self);
    timer = setInterval(() => {
      beat = workers.checkIn(self).then(removeDead).catch(onError);
    }, BEAT_MS);
    timer.unref();
  };
  return {
    async arrive() {
      arrival ??= register();
      await arrival;
      await removeDead();
    },
    async leave() {
      if (!arrival) return;
      clearInterval(timer);
      // One under way would check in again. A store that is gone keeps nobody from leaving: the others see by the silence
      // that this worker has.
      await arrival
        .then(() => beat)
        .then(() => workers.remove(workerId))
        .catch(onError);
      workersOfThisProcess.delete(workerId);
    },
  };
}

/** Whether a worker of this host has no process any more. Another host's can only be known by its silence. */
function isDeadHere(
  worker: { readonly id: string; readonly host: string; readonly pid: number },
  host: string,
): boolean {
  if (worker.host !== host) return false;
  if (worker.pid === process.pid) return !workersOfThisProcess.has(worker.id);
  try {
    process.kill(worker.pid, 0);
    return false;
  } catch (error) {
    return (error as { readonly code?: string }).code === 'ESRCH';
  }
}
