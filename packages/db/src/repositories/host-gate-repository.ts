import { cleanText } from '@sheaf/core';
import type { SqlExecutor } from '../sql/executor.ts';
import { sql } from '../sql/statement.ts';

/** The last answer to a request of a robots.txt. */
export interface StoredRobots {
  /** `allowed`: there is none (4xx); `rules`: `body` holds them; `unavailable`: nothing may be fetched, `body` says why. */
  readonly state: 'allowed' | 'rules' | 'unavailable';
  readonly body: string | null;
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Who may fetch from a host now, and what is known of its robots.txt. All workers of the deployment share it, so that
 * pacing holds across processes. Times are by the database's clock.
 */
export interface HostGateRepository {
  /** Grants a fetch on the host now, or says how long to wait. Granting moves the next one to now + delayMs. */
  tryAcquire(request: {
    readonly host: string;
    readonly delayMs: number;
  }): Promise<{ readonly granted: boolean; readonly waitMs: number }>;
  /** No fetch on the host before now + waitMs. Never shortens a longer back-off. */
  backOff(request: { readonly host: string; readonly waitMs: number }): Promise<void>;
  /** `host` is the URL origin (`scheme://host:port`). What has expired may be returned; the caller looks at it. */
  loadRobots(host: string): Promise<StoredRobots | undefined>;
  /** `host` is the URL origin (`scheme://host:port`). Replaces what was stored. */
  saveRobots(host: string, robots: StoredRobots): Promise<void>;
}

export function createHostGateRepository(db: SqlExecutor): HostGateRepository {
  const { dialect } = db;
  /** Milliseconds until the gate opens; not above 0 for one that is open. */
  const waitOf = async (host: string): Promise<number> => {
    const opensAt = dialect.greatest(
      sql`coalesce(next_fetch_at, backoff_until)`,
      sql`coalesce(backoff_until, next_fetch_at)`,
    );
    const gate = await db.maybeOne<{ readonly wait_ms: number | null }>(
      sql`SELECT ${dialect.millisecondsUntil(opensAt)} AS wait_ms FROM host_gates WHERE host = ${host}`,
    );
    return gate?.wait_ms ?? 0;
  };

  return {
    async tryAcquire({ host, delayMs }) {
      // Nothing is to be noted for the next one: a look is enough, and no writer waits.
      if (delayMs === 0) {
        const waitMs = await waitOf(host);
        return { granted: waitMs <= 0, waitMs: Math.max(0, waitMs) };
      }
      // One statement decides, on the row as it is once its lock is held.
      const granted = await db.all(sql`
        INSERT INTO host_gates (host, next_fetch_at, delay_ms)
        VALUES (${host}, ${dialect.nowPlus(delayMs)}, ${Math.round(delayMs)})
        ON CONFLICT (host) DO UPDATE
        SET next_fetch_at = ${dialect.nowPlus(delayMs)}, delay_ms = excluded.delay_ms
        WHERE (host_gates.next_fetch_at IS NULL OR host_gates.next_fetch_at <= ${dialect.now})
          AND (host_gates.backoff_until IS NULL OR host_gates.backoff_until <= ${dialect.now})
        RETURNING host`);
      if (granted.length > 0) return { granted: true, waitMs: 0 };
      // It may have opened between the two statements: then the caller asks again at once.
      return { granted: false, waitMs: Math.max(1, await waitOf(host)) };
    },
    async backOff({ host, waitMs }) {
      await db.execute(sql`
        INSERT INTO host_gates (host, backoff_until) VALUES (${host}, ${dialect.nowPlus(waitMs)})
        ON CONFLICT (host) DO UPDATE SET backoff_until =
          ${dialect.greatest(sql`coalesce(host_gates.backoff_until, excluded.backoff_until)`, sql`excluded.backoff_until`)}`);
    },
    async loadRobots(host) {
      const row = await db.maybeOne<RobotsRow>(sql`
        SELECT robots_state, robots_body, robots_fetched_at, robots_expires_at FROM host_gates
        WHERE host = ${host} AND robots_state IS NOT NULL`);
      if (!row) return undefined;
      return {
        state: row.robots_state,
        body: row.robots_body,
        fetchedAt: row.robots_fetched_at,
        expiresAt: row.robots_expires_at,
      };
    },
    async saveRobots(host, { state, body, fetchedAt, expiresAt }) {
      await db.execute(sql`
        INSERT INTO host_gates (host, robots_state, robots_body, robots_fetched_at, robots_expires_at)
        VALUES (${host}, ${state}, ${body === null ? null : cleanText(body)}, ${fetchedAt}, ${expiresAt})
        ON CONFLICT (host) DO UPDATE SET robots_state = excluded.robots_state, robots_body = excluded.robots_body,
          robots_fetched_at = excluded.robots_fetched_at, robots_expires_at = excluded.robots_expires_at`);
    },
  };
}

interface RobotsRow {
  readonly robots_state: StoredRobots['state'];
  readonly robots_body: string | null;
  readonly robots_fetched_at: Date;
  readonly robots_expires_at: Date;
}
