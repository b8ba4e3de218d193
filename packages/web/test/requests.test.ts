import { describe, expect, test } from 'vitest';
import { failureOf, redirectTo, startClient, startSite, wholeText } from './site.ts';

describe('a request', () => {
  test('returns what the site answers', async () => {
    const site = await startSite({
      '/page': (response) =>
        response
          .writeHead(200, { 'content-type': 'Text/HTML; Charset=UTF-8', 'x-many': ['a', 'b'], etag: '"1"' })
          .end('<p>hello'),
    });
    const before = Date.now();
    const response = await startClient().get(`${site.origin}/page?a=b#part`);
    expect(response).toMatchObject({
      url: `${site.origin}/page?a=b#part`,
      finalUrl: `${site.origin}/page?a=b`,
      redirects: [],
      status: 200,
      notModified: false,
      contentType: 'text/html',
      charset: 'utf-8',
      etag: '"1"',
    });
    expect(Buffer.from(response.body).toString()).toBe('<p>hello');
    expect(response.headers).toMatchObject({ 'content-type': 'Text/HTML; Charset=UTF-8', 'x-many': 'a, b' });
    expect(response.fetchedAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(response.durationMs).toBeGreaterThan(0);
    expect(site.paths).toEqual(['/robots.txt', '/page?a=b']);
  });

  test('says who asks, and asks for HTML first', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startClient();
    await client.get(site.origin);
    const { headers } = site.requests[1] ?? {};
    expect(headers?.['user-agent']).toMatch(/^Sheaf\/\d+\.\d+\.\d+\S* \(\+https:\/\/github\.com\/sheaf-data\/sheaf\)$/);
    expect(client.userAgent).toBe(headers?.['user-agent']);
    expect(headers?.accept).toMatch(/^text\/html,/);
    expect(headers?.host).toBe(`127.0.0.1:${site.port}`);
  });

  test('carries the headers of the caller, but not another name', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startClient({ userAgent: 'TestBot/1.0' });
    await client.get(site.origin, {
      accept: 'application/xml',
      headers: {
        'Accept-Language': 'de',
        'User-Agent': 'Mozilla/5.0',
        Host: 'other.example',
        'Accept-Encoding': 'none',
      },
    });
    expect(site.requests[1]?.headers).toMatchObject({
      accept: 'application/xml',
      'accept-language': 'de',
      'user-agent': 'TestBot/1.0',
      host: `127.0.0.1:${site.port}`,
      'accept-encoding': 'gzip, deflate, br',
    });
  });

  test('of what the site does not have returns its 404', async () => {
    const site = await startSite({});
    const response = await startClient().get(`${site.origin}/nothing`);
    expect(response.status).toBe(404);
    expect(Buffer.from(response.body).toString()).toBe('not here');
  });

  test('keeps its connection for the next one', async () => {
    const site = await startSite({ '/a': 'a', '/b': redirectTo('/c'), '/c': 'c' });
    const client = startClient({ maxPerHost: 1 });
    for (const path of ['/a', '/b', '/a', '/missing']) await client.get(site.origin + path);
    expect(site.connections).toBe(1);
  });

  test('never returns a cookie to the site', async () => {
    const site = await startSite({
      '/': (response) => response.writeHead(302, { location: '/next', 'set-cookie': 'id=1; Path=/' }).end(),
      '/next': 'next',
    });
    const client = startClient();
    await client.get(site.origin);
    await client.get(site.origin);
    expect(site.requests).toHaveLength(5);
    expect(site.requests.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
  });
});

describe('a conditional request', () => {
  const modified = 'Thu, 01 Jan 2026 00:00:00 GMT';

  test('sends what identifies the copy and reports that it is current', async () => {
    const site = await startSite({
      '/page': (response, { headers }) => {
        const isCurrent = headers['if-none-match'] === '"1"' && headers['if-modified-since'] === modified;
        response.writeHead(isCurrent ? 304 : 200, { etag: '"1"', 'last-modified': modified }).end(isCurrent ? '' : 'x');
      },
    });
    const client = startClient();
    const first = await client.get(`${site.origin}/page`);
    expect(first).toMatchObject({ status: 200, notModified: false, etag: '"1"', lastModified: modified });
    const copy = { etag: first.etag ?? '', lastModified: first.lastModified ?? '' };
    const second = await client.get(`${site.origin}/page`, copy);
    expect(second).toMatchObject({ status: 304, notModified: true });
    expect(second.body).toHaveLength(0);
  });

  test('without a copy sends neither header', async () => {
    const site = await startSite({ '/': 'home' });
    await startClient().get(site.origin);
    expect(site.requests[1]?.headers).not.toHaveProperty('if-none-match');
    expect(site.requests[1]?.headers).not.toHaveProperty('if-modified-since');
  });
});

describe('credentials in an address', () => {
  test('are neither sent nor shown in any error', async () => {
    const site = await startSite({
      '/robots.txt': 'User-agent: *\nDisallow: /denied',
      '/out': redirectTo('ftp://admin:hunter2@example.com/'),
      '/loop': redirectTo('/loop'),
      '/large': 'x'.repeat(100),
      '/page': 'page',
    });
    const host = `127.0.0.1:${site.port}`;
    const client = startClient({ maxBodyBytes: 50 });
    const page = await client.get(`http://admin:hunter2@${host}/page`);
    expect(page.finalUrl).toBe(`http://${host}/page`);
    expect(site.requests[1]?.headers).not.toHaveProperty('authorization');
    const urls = [
      `http://admin:hunter2@${host}/denied`,
      `http://admin:hunter2@${host}/out`,
      `http://admin:hunter2@${host}/loop`,
      `http://admin:hunter2@${host}/large`,
      'http://admin:hunter2@127.0.0.1:1/',
      'http://admin:hunter2@exa mple.com/',
      'admin:hunter2@example.com',
      'ftp://admin:hunter2@example.com/',
      `http://admin:hunter2@${host}/${'a'.repeat(9000)}`,
    ];
    for (const url of urls) {
      const error = await failureOf(client.get(url));
      expect(error).toMatchObject({ code: expect.stringMatching(/^web\./) });
      expect(wholeText(error)).not.toMatch(/admin|hunter2/);
    }
  });
});

describe('options', () => {
  test('that are not valid are reported all at once', async () => {
    const error = await failureOf(
      (async () =>
        startClient({
          userAgent: '(nobody)',
          minDelayMs: -1,
          maxPerHost: 0,
          timeouts: { bodyMs: 0 },
          connectTo: { 'example.com': '127.0.0.1:80' },
        }))(),
    );
    expect(error).toMatchObject({ code: 'web.invalid-options' });
    const { problems } = (error as { details: { problems: string[] } }).details;
    expect(problems.map((problem) => problem.split(':', 1)[0])).toEqual([
      'userAgent',
      'timeouts.bodyMs',
      'connectTo.example.com',
      'minDelayMs',
      'maxPerHost',
    ]);
  });
});
