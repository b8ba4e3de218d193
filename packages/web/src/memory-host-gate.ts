import { type Clock, systemClock } from '@sheaf/core';
import type { HostGateRepository, StoredRobots } from '@sheaf/db';

export interface MemoryHostGateOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** Above this many hosts, those that nobody needs to wait for are forgotten. */
const MANY_HOSTS = 10_000;

/** A host gate of this process alone, for where there is no database. */
export function createMemoryHostGate({ clock = systemClock }: MemoryHostGateOptions = {}): HostGateRepository {
  const nextFetchAt = new Map<string, number>();
  const robots = new Map<string, StoredRobots>();
  const forgetIdleHosts = (now: number): void => {
    if (nextFetchAt.size <= MANY_HOSTS) return;
    for (const [host, time] of nextFetchAt) if (time <= now) nextFetchAt.delete(host);
  };
  return {
    async tryAcquire({ host, delayMs }) {
      const now = clock.now().getTime();
      const waitMs = (nextFetchAt.get(host) ?? now) - now;
      if (waitMs > 0) return { granted: false, waitMs };
      forgetIdleHosts(now);
      nextFetchAt.set(host, now + delayMs);
      return { granted: true, waitMs: 0 };
    },
    async backOff({ host, waitMs }) {
      nextFetchAt.set(host, Math.max(nextFetchAt.get(host) ?? 0, clock.now().getTime() + waitMs));
    },
    async loadRobots(host) {
      return robots.get(host);
    },
    async saveRobots(host, stored) {
      if (robots.size >= MANY_HOSTS) {
        const now = clock.now();
        for (const [other, { expiresAt }] of robots) if (expiresAt <= now) robots.delete(other);
      }
      robots.set(host, stored);
    },
  };
}
