import { type Clock, systemClock } from '@sheaf/core';

/**
 * Who may fetch from a host now, and what is known of its robots.txt. One gate is shared by all that fetch, so that
 * pacing holds across processes when it is kept in the database.
 */
export interface HostGate {
  /** Grants a fetch on the host now, or says how long to wait. Granting moves nextFetchAt to now + delayMs. */
  tryAcquire(request: {
    readonly host: string;
    readonly delayMs: number;
  }): Promise<{ readonly granted: boolean; readonly waitMs: number }>;
  /** No fetch on the host before now + waitMs (429, 503, Retry-After). Never shortens an earlier wait. */
  backOff(request: { readonly host: string; readonly waitMs: number }): Promise<void>;
  /** `host` is the URL origin (`scheme://host:port`). What has expired may be returned; the caller looks at it. */
  loadRobots(host: string): Promise<StoredRobots | undefined>;
  /** `host` is the URL origin (`scheme://host:port`). Replaces what was stored. */
  saveRobots(host: string, robots: StoredRobots): Promise<void>;
}

/** The last answer to a request of a robots.txt. */
export interface StoredRobots {
  /** `allowed`: there is none (4xx); `rules`: `body` holds them; `unavailable`: nothing may be fetched for now. */
  readonly state: 'allowed' | 'rules' | 'unavailable';
  readonly body: string | null;
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
}

export interface MemoryHostGateOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** Above this many hosts, those that nobody needs to wait for are forgotten. */
const MANY_HOSTS = 10_000;

/** A host gate of this process alone. */
export function createMemoryHostGate({ clock = systemClock }: MemoryHostGateOptions = {}): HostGate {
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
