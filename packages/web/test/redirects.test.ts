import { describe, expect, test } from 'vitest';
import { redirectTo, startClient, startSite } from './site.ts';

describe('a redirect', () => {
  test('is followed and recorded', async () => {
    const site = await startSite({ '/a': redirectTo('b?x=1#y', 301), '/b': redirectTo('/c', 307), '/c': 'c' });
    const response = await startClient().get(`${site.origin}/a`);
    expect(response.finalUrl).toBe(`${site.origin}/c`);
    expect(response.status).toBe(200);
    expect(response.redirects).toEqual([
      { from: `${site.origin}/a`, to: `${site.origin}/b?x=1`, status: 301, permanent: true },
      { from: `${site.origin}/b?x=1`, to: `${site.origin}/c`, status: 307, permanent: false },
    ]);
  });

  test.each([
    [301, true],
    [302, false],
    [303, false],
    [307, false],
    [308, true],
  ])('%i is permanent: %s', async (status, permanent) => {
    const site = await startSite({ '/a': redirectTo('/b', status), '/b': 'b' });
    expect((await startClient().get(`${site.origin}/a`)).redirects).toMatchObject([{ status, permanent }]);
  });

  test('is returned when the caller follows none', async () => {
    const site = await startSite({ '/a': redirectTo('/b', 301), '/b': 'b' });
    const response = await startClient().get(`${site.origin}/a`, { followRedirects: false });
    expect(response).toMatchObject({ status: 301, redirects: [], headers: { location: '/b' } });
    expect(site.paths).toEqual(['/robots.txt', '/a']);
  });

  test('without a Location is an answer like any other', async () => {
    const site = await startSite({ '/a': (response) => response.writeHead(302).end('nowhere') });
    expect(await startClient().get(`${site.origin}/a`)).toMatchObject({ status: 302, redirects: [] });
  });

  test('in a circle is an error', async () => {
    const site = await startSite({ '/a': redirectTo('/b'), '/b': redirectTo('/a#x') });
    await expect(startClient().get(`${site.origin}/a`)).rejects.toMatchObject({
      code: 'web.redirect-loop',
      isRetryable: false,
      details: { url: `${site.origin}/a`, target: `${site.origin}/a` },
    });
    expect(site.paths).toEqual(['/robots.txt', '/a', '/b']);
  });

  test('is followed up to maxRedirects times', async () => {
    const site = await startSite({
      '/0': redirectTo('/1'),
      '/1': redirectTo('/2'),
      '/2': redirectTo('/3'),
      '/3': 'end',
    });
    expect((await startClient({ maxRedirects: 3 }).get(`${site.origin}/0`)).status).toBe(200);
    await expect(startClient({ maxRedirects: 2 }).get(`${site.origin}/0`)).rejects.toMatchObject({
      code: 'web.too-many-redirects',
      isRetryable: false,
    });
  });

  test.each(['ftp://example.com/', 'http://', 'mailto:a@example.com'])('to %s is an error', async (location) => {
    const site = await startSite({ '/a': redirectTo(location) });
    await expect(startClient().get(`${site.origin}/a`)).rejects.toMatchObject({
      code: 'web.invalid-redirect',
      details: { url: `${site.origin}/a` },
    });
  });

  test('to an address in raw UTF-8 is followed', async () => {
    const site = await startSite({
      '/a': redirectTo(Buffer.from('/é').toString('latin1')),
      '/%C3%A9': 'accent',
    });
    expect((await startClient().get(`${site.origin}/a`)).finalUrl).toBe(`${site.origin}/%C3%A9`);
  });

  test('is checked against the robots.txt of its target', async () => {
    const target = await startSite({ '/robots.txt': 'User-agent: *\nDisallow: /private', '/private': 'secret' });
    const site = await startSite({ '/a': redirectTo(`${target.origin}/private`) });
    await expect(startClient().get(`${site.origin}/a`)).rejects.toMatchObject({
      code: 'web.robots-denied',
      details: { url: `${target.origin}/private` },
    });
    expect(target.paths).toEqual(['/robots.txt']);
  });

  test('to another origin loses what identifies the user', async () => {
    const target = await startSite({ '/b': 'b' });
    const site = await startSite({ '/a': redirectTo('/c'), '/c': redirectTo(`${target.origin}/b`) });
    const headers = { Authorization: 'Bearer secret', Cookie: 'id=1', 'X-Other': 'kept' };
    await startClient().get(`${site.origin}/a`, { headers });
    expect(site.requests[2]?.headers).toMatchObject({ authorization: 'Bearer secret', cookie: 'id=1' });
    expect(target.requests[1]?.headers).toMatchObject({ 'x-other': 'kept' });
    expect(target.requests[1]?.headers).not.toHaveProperty('authorization');
    expect(target.requests[1]?.headers).not.toHaveProperty('cookie');
  });

  test('whose own body never ends is followed all the same', async () => {
    const site = await startSite({
      '/a': (response) => {
        response.writeHead(302, { location: '/b', 'content-length': 1e12 });
        response.write('x'.repeat(200_000));
      },
      '/b': 'b',
    });
    expect((await startClient().get(`${site.origin}/a`)).status).toBe(200);
  });
});
