import { silentLogger } from '@sheaf/core';
import type { HostGateRepository } from '@sheaf/db';
import { describe, expect, test } from 'vitest';
import { createMemoryHostGate, createWebClient } from '../src/index.ts';
import { type Site, startClient, startSite } from './site.ts';

/**
 * When each request came, in milliseconds since `startedAt`. A busy machine makes a request late, so that the gap to
 * the next one shrinks; but counted from the start, request number n never comes before n delays.
 */
function arrivals(site: Site, startedAt: number): readonly number[] {
  return site.requests.map(({ at }) => at - startedAt);
}

/** The gate counts whole milliseconds of another clock. */
const ROUNDING_MS = 3;

interface RecordedGate extends HostGateRepository {
  readonly delays: number[];
  readonly backOffs: { readonly host: string; readonly waitMs: number }[];
}

/** Records what is asked of it; back-offs have no effect, so that a test need not sit them out. */
function startRecordedGate(): RecordedGate {
  const inner = createMemoryHostGate();
  const delays: number[] = [];
  const backOffs: { readonly host: string; readonly waitMs: number }[] = [];
  return {
    ...inner,
    delays,
    backOffs,
    tryAcquire: async ({ delayMs }) => {
      delays.push(delayMs);
      return { granted: true, waitMs: 0 };
    },
    backOff: async (request) => void backOffs.push(request),
  };
}

describe('requests to one host', () => {
  test('come at the pace that was set, from robots.txt on', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startClient({ minDelayMs: 80 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 4 }, () => client.get(site.origin)));
    const times = arrivals(site, startedAt);
    expect(times).toHaveLength(5);
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(index * 80 - ROUNDING_MS);
  });

  test('come at the pace that the site asks for, if that is slower', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nCrawl-delay: 0.2', '/': 'home' });
    const client = startClient({ minDelayMs: 10 });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 3 }, () => client.get(site.origin)));
    const [, ...pages] = arrivals(site, startedAt);
    expect(pages).toHaveLength(3);
    for (const [index, time] of pages.entries()) expect(time).toBeGreaterThanOrEqual(10 + index * 200 - ROUNDING_MS);
  });

  test('keep their pace when several clients share the gate', async () => {
    const site = await startSite({ '/': 'home' });
    const gate = createMemoryHostGate();
    const clients = [1, 2, 3].map(() => startClient({ gate, minDelayMs: 80 }));
    const startedAt = performance.now();
    await Promise.all(clients.map((client) => client.get(site.origin, { skipRobots: true })));
    const times = arrivals(site, startedAt);
    expect(times).toHaveLength(3);
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(index * 80 - ROUNDING_MS);
  });

  test('are served in the order in which they were asked for', async () => {
    const site = await startSite({ '/1': '1', '/2': '2', '/3': '3', '/4': '4' });
    const client = startClient({ minDelayMs: 20, respectRobots: false });
    await Promise.all(['/1', '/2', '/3', '/4'].map((path) => client.get(site.origin + path)));
    expect(site.paths).toEqual(['/1', '/2', '/3', '/4']);
  });

  test('are open at once up to maxPerHost', async () => {
    let open = 0;
    let most = 0;
    const site = await startSite({
      '/': (response) => {
        open += 1;
        most = Math.max(most, open);
        setTimeout(() => {
          open -= 1;
          response.end('home');
        }, 30);
      },
    });
    const client = startClient({ maxPerHost: 3 });
    await Promise.all(Array.from({ length: 9 }, () => client.get(site.origin)));
    expect(most).toBe(3);
  });

  test('that fail give their turn back', async () => {
    const site = await startSite({ '/bad': (response) => response.destroy(), '/good': 'good' });
    const client = startClient({ maxPerHost: 1, respectRobots: false });
    for (let index = 0; index < 3; index += 1) {
      await expect(client.get(`${site.origin}/bad`)).rejects.toMatchObject({ code: 'web.connection-failed' });
    }
    expect((await client.get(`${site.origin}/good`)).status).toBe(200);
  });

  test('do not hold up another host', async () => {
    const slow = await startSite({ '/': 'slow' });
    const fast = await startSite({ '/': 'fast' });
    const client = startClient({ minDelayMs: 10_000, respectRobots: false });
    await client.get(slow.origin);
    await client.get(fast.origin);
    expect(fast.paths).toEqual(['/']);
  });
});

describe('the delay that the gate is asked for', () => {
  test('is the greater of ours and the crawl delay; skipping robots.txt does not skip a known delay', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nCrawl-delay: 2', '/': 'home' });
    const gate = startRecordedGate();
    const client = startClient({ gate, minDelayMs: 100 });
    await client.get(site.origin, { skipRobots: true });
    await client.get(site.origin);
    await client.get(site.origin, { skipRobots: true });
    expect(gate.delays).toEqual([100, 100, 2000, 2000]);
    const slower = startRecordedGate();
    await startClient({ gate: slower, minDelayMs: 5000 }).get(site.origin);
    expect(slower.delays).toEqual([5000, 5000]);
  });

  test('is capped, with one warning for each site', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nCrawl-delay: 3600', '/': 'home' });
    const gate = startRecordedGate();
    const warnings: unknown[] = [];
    const log = { ...silentLogger, warn: (_message: string, fields?: unknown) => void warnings.push(fields) };
    const client = startClient({ gate, log, maxCrawlDelayMs: 500 });
    await client.get(site.origin);
    await client.get(site.origin);
    expect(gate.delays).toEqual([0, 500, 500]);
    expect(warnings).toEqual([{ origin: site.origin, askedMs: 3_600_000, usedMs: 500 }]);
  });

  test('is 250 ms unless it is set', async () => {
    const site = await startSite({ '/': 'home' });
    const gate = startRecordedGate();
    const client = createWebClient({ gate, allowPrivate: true });
    await client.get(site.origin);
    await client.close();
    expect(gate.delays).toEqual([250, 250]);
  });
});

describe('a host that asks for a pause', () => {
  const host = (site: Site): string => `127.0.0.1:${site.port}`;

  test.each([429, 503])('with %i and Retry-After gets it, and the caller learns of it', async (status) => {
    const site = await startSite({
      '/': (response) => response.writeHead(status, { 'retry-after': '7' }).end('later'),
    });
    const gate = startRecordedGate();
    const response = await startClient({ gate }).get(site.origin);
    expect(response).toMatchObject({ status, retryAfterMs: 7000 });
    expect(gate.backOffs).toEqual([{ host: host(site), waitMs: 7000 }]);
  });

  test('may name a date', async () => {
    const now = new Date('2026-01-01T00:00:00Z');
    const site = await startSite({
      '/': (response) => response.writeHead(503, { 'retry-after': 'Thu, 01 Jan 2026 00:01:30 GMT' }).end(),
    });
    const gate = startRecordedGate();
    const client = startClient({ gate, clock: { now: () => now }, respectRobots: false });
    expect(await client.get(site.origin)).toMatchObject({ retryAfterMs: 90_000 });
    expect(gate.backOffs).toEqual([{ host: host(site), waitMs: 90_000 }]);
  });

  test('may not ask for more than a day', async () => {
    const site = await startSite({ '/': (response) => response.writeHead(429, { 'retry-after': '99999999' }).end() });
    const gate = startRecordedGate();
    await startClient({ gate }).get(site.origin);
    expect(gate.backOffs).toEqual([{ host: host(site), waitMs: 86_400_000 }]);
  });

  test('without Retry-After gets a pause that doubles, until an answer is good again', async () => {
    let status = 429;
    const site = await startSite({ '/': (response) => response.writeHead(status).end() });
    const gate = startRecordedGate();
    const client = startClient({ gate, random: () => 0, respectRobots: false });
    for (let index = 0; index < 11; index += 1) await client.get(site.origin);
    status = 200;
    await client.get(site.origin);
    status = 503;
    await client.get(site.origin);
    const seconds = gate.backOffs.map(({ waitMs }) => waitMs / 1000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 1]);
  });

  test('is left alone for that long', async () => {
    let isBusy = true;
    const site = await startSite({
      '/': (response) => {
        response.writeHead(isBusy ? 429 : 200, { 'retry-after': '1' }).end();
        isBusy = false;
      },
    });
    const client = startClient({ respectRobots: false });
    expect((await client.get(site.origin)).status).toBe(429);
    expect((await client.get(site.origin)).status).toBe(200);
    const [refused = 0, served = 0] = arrivals(site, 0);
    expect(served - refused).toBeGreaterThanOrEqual(1000 - ROUNDING_MS);
  });

  test('for longer than we wait is an error that says when to come back', async () => {
    const site = await startSite({ '/': (response) => response.writeHead(429, { 'retry-after': '3600' }).end() });
    const client = startClient({ respectRobots: false, maxWaitMs: 60_000 });
    await client.get(site.origin);
    await expect(client.get(site.origin)).rejects.toMatchObject({
      code: 'web.host-backing-off',
      isRetryable: true,
      details: { host: host(site), retryAfterMs: expect.closeTo(3_600_000, -4) },
    });
    expect(site.paths).toEqual(['/']);
  });

  test('is not told by any other status', async () => {
    const site = await startSite({ '/': (response) => response.writeHead(500, { 'retry-after': '7' }).end() });
    const gate = startRecordedGate();
    expect(await startClient({ gate }).get(site.origin)).toMatchObject({ status: 500, retryAfterMs: 7000 });
    expect(gate.backOffs).toEqual([]);
  });
});
