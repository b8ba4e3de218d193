import { type Clock, cleanText, isSheafError, type Logger, type SheafError } from '@sheaf/core';
import type { HostGateRepository, StoredRobots } from '@sheaf/db';
import { webErrors } from './errors.ts';
import { parseRobots, type Robots } from './robots.ts';

/** The outcome of a request of a robots.txt, redirects followed. */
export interface RobotsResponse {
  readonly status: number;
  /** The body, of which no more than `MAX_ROBOTS_BYTES` count. */
  readonly body: Uint8Array;
  readonly isTruncated: boolean;
  readonly retryAfterMs: number | undefined;
}

export interface RobotsStoreOptions {
  readonly gate: HostGateRepository;
  readonly clock: Clock;
  readonly log: Logger;
  /** Requests `<origin>/robots.txt`. */
  readonly fetchRobots: (url: URL) => Promise<RobotsResponse>;
}

/** The robots.txt of every origin that was asked for: in memory, else from the gate, else from the site. */
export interface RobotsStore {
  /** @throws `web.robots-unavailable`, `web.dns-failed`, `web.private-address`. */
  load(url: URL): Promise<Robots>;
  /** What is known without a request to the site. */
  peek(url: URL): Promise<Robots | undefined>;
}

/** RFC 9309 asks crawlers to read at least so much; nothing beyond it is read. */
export const MAX_ROBOTS_BYTES: number = 500 * 1024;

/** RFC 9309: a copy should not be used for longer. */
const TTL_MS = 86_400_000;
/** How long a site whose robots.txt cannot be read is left alone, unless it names a time of up to an hour. */
const UNAVAILABLE_TTL_MS = 60_000;
const LONGEST_UNAVAILABLE_MS = 3_600_000;
/** Origins kept in memory; the oldest go first. */
const MAX_KEPT = 1000;

interface Entry {
  /** Undefined while the robots.txt is unavailable. */
  readonly robots: Robots | undefined;
  readonly reason: string;
  readonly expiresAt: number;
}

export function createRobotsStore({ gate, clock, log, fetchRobots }: RobotsStoreOptions): RobotsStore {
  const entries = new Map<string, Entry>();
  const requests = new Map<string, Promise<Entry>>();

  const keep = (origin: string, stored: StoredRobots, reason: string): Entry => {
    const entry = {
      robots: stored.state === 'unavailable' ? undefined : parseRobots(stored.body ?? '', `${origin}/robots.txt`),
      reason,
      expiresAt: stored.expiresAt.getTime(),
    };
    entries.delete(origin);
    entries.set(origin, entry);
    const [oldest] = entries.keys();
    if (entries.size > MAX_KEPT && oldest !== undefined) entries.delete(oldest);
    return entry;
  };

  const known = async (origin: string): Promise<Entry | undefined> => {
    const now = clock.now().getTime();
    const entry = entries.get(origin);
    if (entry !== undefined && entry.expiresAt > now) return entry;
    const stored = await gate.loadRobots(origin);
    if (stored === undefined || stored.expiresAt.getTime() <= now) return undefined;
    return keep(origin, stored, stored.body ?? 'an earlier request of it failed');
  };

  const request = async (origin: string): Promise<Entry> => {
    const existing = await known(origin);
    if (existing !== undefined) return existing;
    const { state, body, reason, ttlMs } = await readAnswer(new URL('/robots.txt', origin), fetchRobots);
    const fetchedAt = clock.now();
    const stored = { state, body, fetchedAt, expiresAt: new Date(fetchedAt.getTime() + ttlMs) };
    await gate.saveRobots(origin, stored);
    if (state === 'unavailable') log.warn('robots.txt is unavailable', { origin, reason, retryAfterMs: ttlMs });
    return keep(origin, stored, reason);
  };

  return {
    async load({ origin }) {
      // Many requests of one new origin wait for one request of its robots.txt.
      let pending = requests.get(origin);
      if (pending === undefined) {
        pending = request(origin).finally(() => requests.delete(origin));
        requests.set(origin, pending);
      }
      const { robots, reason, expiresAt } = await pending;
      if (robots !== undefined) return robots;
      const retryAfterMs = Math.max(0, expiresAt - clock.now().getTime());
      throw webErrors.create('robots-unavailable', { origin, reason, retryAfterMs }, { isRetryable: true });
    },
    peek: async ({ origin }) => (await known(origin))?.robots,
  };
}

interface Answer {
  readonly state: StoredRobots['state'];
  readonly body: string | null;
  readonly reason: string;
  readonly ttlMs: number;
}

/** RFC 9309, section 2.3.1: rules, or everything allowed (4xx), or nothing for now (5xx, unreachable). */
async function readAnswer(url: URL, fetchRobots: RobotsStoreOptions['fetchRobots']): Promise<Answer> {
  try {
    const { status, body, isTruncated, retryAfterMs } = await fetchRobots(url);
    if (status >= 200 && status < 300) {
      return { state: 'rules', body: decodeRobots(body, isTruncated), reason: '', ttlMs: TTL_MS };
    }
    // 429 is a 4xx by number only: the site asks for fewer requests, it does not say that there are no rules.
    if (status >= 500 || status === 429) return unavailable(`the site answers ${status}`, retryAfterMs);
    return { state: 'allowed', body: null, reason: '', ttlMs: TTL_MS };
  } catch (error) {
    if (isSheafError(error, 'web.too-many-redirects') || isSheafError(error, 'web.redirect-loop')) {
      return { state: 'allowed', body: null, reason: '', ttlMs: TTL_MS };
    }
    if (!isSheafError(error, 'web.') || isOfItself(error, url)) throw error;
    return unavailable(error.message.replace(/\.$/, ''), undefined);
  }
}

/** Whether an error is no answer about the robots.txt: it is about the request, or says more about the host itself. */
function isOfItself(error: SheafError, { hostname }: URL): boolean {
  if (error.code === 'web.canceled' || error.code === 'web.host-backing-off') return true;
  const isAboutHost = error.code === 'web.dns-failed' || error.code === 'web.private-address';
  return isAboutHost && error.details.host === hostname.replace(/^\[|\]$/g, '');
}

function unavailable(reason: string, retryAfterMs = UNAVAILABLE_TTL_MS): Answer {
  const ttlMs = Math.min(Math.max(retryAfterMs, UNAVAILABLE_TTL_MS), LONGEST_UNAVAILABLE_MS);
  return { state: 'unavailable', body: reason, reason, ttlMs };
}

function decodeRobots(body: Uint8Array, isTruncated: boolean): string {
  const text = cleanText(new TextDecoder().decode(body));
  // Half of the last line could forbid or allow more than the whole of it.
  return isTruncated ? text.slice(0, Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1) : text;
}
