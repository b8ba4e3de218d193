import type { HostGateRepository } from '@sheaf/db';
import { describe, expect, test } from 'vitest';
import { createMemoryHostGate } from '../src/index.ts';
import { type Route, redirectTo, startClient, startSite } from './site.ts';

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Route =>
  (response) =>
    response.writeHead(code, headers).end('User-agent: *\nDisallow: /');

describe('the robots.txt of a site', () => {
  test('decides what may be fetched', async () => {
    const site = await startSite({
      '/robots.txt': 'User-agent: *\nDisallow: /\n\nUser-agent: sheaf\nDisallow: /private\nAllow: /private/open',
      '/private/open': 'open',
      '/page': 'page',
    });
    const client = startClient();
    expect((await client.get(`${site.origin}/page`)).status).toBe(200);
    expect((await client.get(`${site.origin}/private/open`)).status).toBe(200);
    await expect(client.get(`${site.origin}/private/page?a`)).rejects.toMatchObject({
      code: 'web.robots-denied',
      isRetryable: false,
      details: { url: `${site.origin}/private/page?a`, userAgent: 'Sheaf' },
    });
    expect(site.paths).toEqual(['/robots.txt', '/page', '/private/open']);
  });

  test('is read for the name of the client', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: testbot\nDisallow: /', '/': 'home' });
    await expect(startClient({ userAgent: 'TestBot/2.0 (+x)' }).get(site.origin)).rejects.toMatchObject({
      code: 'web.robots-denied',
    });
    expect((await startClient().get(site.origin)).status).toBe(200);
  });

  test('is requested once, however many requests come at once', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startClient();
    await Promise.all(Array.from({ length: 10 }, () => client.get(site.origin)));
    expect(site.paths.filter((path) => path === '/robots.txt')).toHaveLength(1);
  });

  test('is not asked for when it is skipped, nor when the operator does not respect it', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nDisallow: /', '/': 'home' });
    expect((await startClient().get(site.origin, { skipRobots: true })).status).toBe(200);
    expect((await startClient({ respectRobots: false }).get(site.origin)).status).toBe(200);
    expect(site.paths).toEqual(['/', '/']);
  });

  test.each([400, 401, 403, 404, 410])('answered with %i allows everything', async (code) => {
    const site = await startSite({ '/robots.txt': status(code), '/': 'home' });
    expect((await startClient().get(site.origin)).status).toBe(200);
  });

  test.each([500, 503, 429])('answered with %i forbids everything for now', async (code) => {
    const site = await startSite({ '/robots.txt': status(code, { 'retry-after': '0' }), '/': 'home' });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.robots-unavailable',
      isRetryable: true,
      details: { origin: site.origin, reason: `the site answers ${code}` },
    });
    expect(site.paths).toEqual(['/robots.txt']);
  });

  test('that cannot be reached forbids everything for now', async () => {
    const site = await startSite({ '/robots.txt': (response) => response.destroy(), '/': 'home' });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.robots-unavailable',
      isRetryable: true,
    });
    const slow = await startSite({ '/robots.txt': () => {}, '/': 'home' });
    await expect(startClient({ timeouts: { headersMs: 100 } }).get(slow.origin)).rejects.toMatchObject({
      code: 'web.robots-unavailable',
    });
  });

  test('is found through up to five redirects, on another host too', async () => {
    const other = await startSite({ '/rules': 'User-agent: *\nDisallow: /a' });
    const site = await startSite({
      '/robots.txt': redirectTo('/1'),
      '/1': redirectTo('/2'),
      '/2': redirectTo('/3'),
      '/3': redirectTo('/4'),
      '/4': redirectTo(`${other.origin}/rules`),
      '/b': 'b',
    });
    const client = startClient();
    await expect(client.get(`${site.origin}/a`)).rejects.toMatchObject({ code: 'web.robots-denied' });
    expect((await client.get(`${site.origin}/b`)).status).toBe(200);
  });

  test.each([
    ['a circle', { '/robots.txt': redirectTo('/x'), '/x': redirectTo('/robots.txt') }],
    [
      'six redirects',
      {
        '/robots.txt': redirectTo('/1'),
        '/1': redirectTo('/2'),
        '/2': redirectTo('/3'),
        '/3': redirectTo('/4'),
        '/4': redirectTo('/5'),
        '/5': redirectTo('/6'),
        '/6': 'User-agent: *\nDisallow: /',
      },
    ],
  ])('behind %s counts as if there were none', async (_fact, routes) => {
    const site = await startSite({ ...routes, '/': 'home' });
    expect((await startClient().get(site.origin)).status).toBe(200);
  });

  test('is read up to 500 KiB, in whole lines', async () => {
    const filler = `# ${'x'.repeat(97)}\n`;
    const start = 'User-agent: *\nDisallow: /early\n';
    const room = 500 * 1024 - start.length;
    const body = `${start}${filler.repeat(Math.floor(room / 100))}Disallow: /${'late'.repeat(100)}\n`;
    const site = await startSite({ '/robots.txt': body, '/late': 'late' });
    const client = startClient({ maxBodyBytes: 1000 });
    await expect(client.get(`${site.origin}/early`)).rejects.toMatchObject({ code: 'web.robots-denied' });
    // Cut in the middle, the last line would forbid more than it says.
    expect((await client.get(`${site.origin}/${'late'.repeat(3)}`)).status).toBe(404);
    expect((await client.get(`${site.origin}/${'late'.repeat(100)}`)).status).toBe(404);
  });

  test('is given to who asks for it', async () => {
    const site = await startSite({ '/robots.txt': 'User-agent: *\nCrawl-delay: 3\nSitemap: /map.xml' });
    const robots = await startClient().robots(`${site.origin}/some/page`);
    expect(robots.crawlDelay('Sheaf')).toBe(3);
    expect(robots.sitemaps).toEqual([`${site.origin}/map.xml`]);
    const broken = await startSite({ '/robots.txt': status(500) });
    await expect(startClient().robots(broken.origin)).rejects.toMatchObject({ code: 'web.robots-unavailable' });
  });
});

describe('the copy of a robots.txt', () => {
  const startClock = (): { now: () => Date; advance: (milliseconds: number) => void } => {
    let now = Date.parse('2026-01-01T00:00:00Z');
    return {
      now: () => new Date(now),
      advance: (milliseconds) => {
        now += milliseconds;
      },
    };
  };
  const hour = 3_600_000;

  test('is used for 24 hours', async () => {
    let body = 'User-agent: *\nDisallow: /a';
    const site = await startSite({ '/robots.txt': (response) => response.end(body), '/a': 'a', '/b': 'b' });
    const clock = startClock();
    const client = startClient({ clock });
    await client.get(`${site.origin}/b`);
    body = 'User-agent: *\nDisallow: /b';
    clock.advance(24 * hour - 1);
    await client.get(`${site.origin}/b`);
    clock.advance(1);
    await expect(client.get(`${site.origin}/b`)).rejects.toMatchObject({ code: 'web.robots-denied' });
    expect((await client.get(`${site.origin}/a`)).status).toBe(200);
    expect(site.paths.filter((path) => path === '/robots.txt')).toHaveLength(2);
  });

  test('is shared through the gate', async () => {
    const site = await startSite({ '/robots.txt': '\uFEFFUser-agent: *\nDisallow: /a\0', '/b': 'b' });
    const clock = startClock();
    const gate = createMemoryHostGate({ clock });
    await startClient({ clock, gate }).get(`${site.origin}/b`);
    expect(await gate.loadRobots(site.origin)).toEqual({
      state: 'rules',
      body: 'User-agent: *\nDisallow: /a',
      fetchedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + 24 * hour),
    });
    await expect(startClient({ clock, gate }).get(`${site.origin}/a`)).rejects.toMatchObject({
      code: 'web.robots-denied',
    });
    expect(site.paths).toEqual(['/robots.txt', '/b']);
  });

  test('that there is none is shared too', async () => {
    const site = await startSite({ '/b': 'b' });
    const gate = createMemoryHostGate();
    await startClient({ gate }).get(`${site.origin}/b`);
    expect(await gate.loadRobots(site.origin)).toMatchObject({ state: 'allowed', body: null });
    await startClient({ gate }).get(`${site.origin}/b`);
    expect(site.paths).toEqual(['/robots.txt', '/b', '/b']);
  });

  test('is asked for again a minute after it was unavailable, also by another client', async () => {
    let isUp = false;
    const site = await startSite({
      '/robots.txt': (response) => response.writeHead(isUp ? 200 : 500).end(''),
      '/': 'home',
    });
    const clock = startClock();
    const gate = createMemoryHostGate({ clock });
    const client = startClient({ clock, gate });
    const unavailable = { code: 'web.robots-unavailable' };
    await expect(client.get(site.origin)).rejects.toMatchObject({ ...unavailable, details: { retryAfterMs: 60_000 } });
    isUp = true;
    clock.advance(59_999);
    await expect(client.get(site.origin)).rejects.toMatchObject({ ...unavailable, details: { retryAfterMs: 1 } });
    await expect(startClient({ clock, gate }).get(site.origin)).rejects.toMatchObject(unavailable);
    clock.advance(1);
    expect((await client.get(site.origin)).status).toBe(200);
    expect(site.paths).toEqual(['/robots.txt', '/robots.txt', '/']);
  });

  test('waits for as long as the site says, up to an hour', async () => {
    for (const [retryAfter, waitMs] of [
      ['600', 600_000],
      ['86400', hour],
      ['1', 60_000],
    ] as const) {
      const site = await startSite({ '/robots.txt': status(503, { 'retry-after': retryAfter }) });
      await expect(startClient({ clock: startClock() }).get(site.origin)).rejects.toMatchObject({
        details: { retryAfterMs: waitMs },
      });
    }
  });

  test('a gate that fails is reported as it is', async () => {
    const site = await startSite({ '/': 'home' });
    const broken: HostGateRepository = {
      ...createMemoryHostGate(),
      loadRobots: async () => {
        throw new Error('the database is gone');
      },
    };
    await expect(startClient({ gate: broken }).get(site.origin)).rejects.toThrow('the database is gone');
  });
});
