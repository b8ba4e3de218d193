import type { AddressInfo, LookupFunction } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createWebClient, isPublicAddress, type WebClient, type WebClientOptions } from '../src/index.ts';
import { redirectTo, startClient, startSite } from './site.ts';

/** A resolver of this test: what it does not know does not exist. */
const resolver =
  (names: Readonly<Record<string, readonly string[]>>): LookupFunction =>
  (hostname, options, callback) => {
    const found = (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
    if (found.length === 0) queueMicrotask(() => callback(error, ''));
    else if (options.all) queueMicrotask(() => callback(null, found));
    else queueMicrotask(() => callback(null, found[0]?.address ?? '', found[0]?.family));
  };

function startGuardedClient(options: WebClientOptions = {}): WebClient {
  const client = createWebClient({ minDelayMs: 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

describe('isPublicAddress', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::808:808',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '::ffff:0:8.8.8.8',
    '64:ff9b::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::8.8.8.8',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('an address that is not public', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1:8080/',
    'https://192.168.0.1/',
    'http://127.0.0.1./',
  ])('%s is refused', async (url) => {
    await expect(startGuardedClient().get(url)).rejects.toMatchObject({
      code: 'web.private-address',
      isRetryable: false,
    });
  });

  test('is refused where a name leads there: localhost', async () => {
    const site = await startSite({ '/': 'home' });
    await expect(startGuardedClient().get(`http://localhost:${site.port}/`)).rejects.toMatchObject({
      code: 'web.private-address',
      details: { host: 'localhost' },
    });
    expect(site.connections).toBe(0);
  });

  test('is refused where the name server answers with it', async () => {
    const site = await startSite({ '/': 'home' });
    const lookup = resolver({ 'rebound.example': ['127.0.0.1'], 'two.example': ['::1', '10.0.0.1'] });
    const client = startGuardedClient({ lookup });
    await expect(client.get(`http://rebound.example:${site.port}/`)).rejects.toMatchObject({
      code: 'web.private-address',
      details: { host: 'rebound.example', address: '127.0.0.1' },
    });
    await expect(client.get(`http://two.example:${site.port}/`)).rejects.toMatchObject({
      details: { address: '::1, 10.0.0.1' },
    });
    expect(site.connections).toBe(0);
  });

  test('is checked on the very look-up that is connected to, so that a second answer does not help', async () => {
    const site = await startSite({ '/': 'home' });
    let lookups = 0;
    const lookup: LookupFunction = (hostname, options, callback) => {
      lookups += 1;
      resolver({ [hostname]: [lookups === 1 ? '8.8.8.8' : '127.0.0.1'] })(hostname, options, callback);
    };
    // The first answer is public, and nothing listens there; what matters is that no later look-up leads to loopback.
    const client = startGuardedClient({ lookup, respectRobots: false, timeouts: { connectMs: 100 } });
    await expect(client.get(`http://rebound.example:${site.port}/`)).rejects.toMatchObject({
      code: expect.stringMatching(/^web\.(timeout|connection-failed)$/),
    });
    await expect(client.get(`http://rebound.example:${site.port}/`)).rejects.toMatchObject({
      code: 'web.private-address',
    });
    expect(site.connections).toBe(0);
  });

  test('is refused where a redirect leads there', async () => {
    const inside = await startSite({ '/secret': 'secret' });
    const site = await startSite({ '/': redirectTo(`${inside.origin}/secret`) });
    const client = startGuardedClient({ connectTo: { 'public.example:80': `127.0.0.1:${site.port}` } });
    await expect(client.get('http://public.example/')).rejects.toMatchObject({
      code: 'web.private-address',
      details: { address: '127.0.0.1' },
    });
    expect(inside.connections).toBe(0);
  });

  test('is refused where the redirect of a robots.txt leads there', async () => {
    const inside = await startSite({ '/secret': 'User-agent: *\nDisallow:' });
    const site = await startSite({ '/robots.txt': redirectTo(`${inside.origin}/secret`), '/': 'home' });
    const client = startGuardedClient({ connectTo: { 'public.example:80': `127.0.0.1:${site.port}` } });
    await expect(client.get('http://public.example/')).rejects.toMatchObject({ code: 'web.robots-unavailable' });
    expect(inside.connections).toBe(0);
    expect(site.paths).toEqual(['/robots.txt']);
  });

  test('is connected to when the operator allows it', async () => {
    const site = await startSite({ '/': 'home' });
    const lookup = resolver({ 'intranet.example': ['127.0.0.1'] });
    const client = startClient({ lookup });
    expect((await client.get(`http://intranet.example:${site.port}/`)).status).toBe(200);
    expect((await client.get(site.origin)).status).toBe(200);
  });
});

describe('connectTo', () => {
  test('connects elsewhere, while the request stays the same', async () => {
    const site = await startSite({ '/page': 'page' });
    const client = startGuardedClient({ connectTo: { 'Docs.Example:80': `127.0.0.1:${site.port}` } });
    const response = await client.get('http://docs.example/page');
    expect(response.finalUrl).toBe('http://docs.example/page');
    expect(site.requests.map(({ headers }) => headers.host)).toEqual(['docs.example', 'docs.example']);
  });

  test('holds for the port that it names only', async () => {
    const site = await startSite({ '/': 'home' });
    const lookup = resolver({ 'docs.example': ['127.0.0.1'] });
    const client = startGuardedClient({ lookup, connectTo: { 'docs.example:80': `127.0.0.1:${site.port}` } });
    expect((await client.get('http://docs.example/')).status).toBe(200);
    await expect(client.get(`http://docs.example:${site.port}/`)).rejects.toMatchObject({
      code: 'web.private-address',
    });
  });

  test('takes IPv6 addresses on both sides', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startGuardedClient({ connectTo: { '[2606:4700::1111]:80': `127.0.0.1:${site.port}` } });
    expect((await client.get('http://[2606:4700::1111]/')).status).toBe(200);
  });

  test('asks a TLS server for the original name', async () => {
    const names: string[] = [];
    const server = createServer({
      SNICallback: (name, callback) => {
        names.push(name);
        callback(new Error('no certificate here'));
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = startGuardedClient({ respectRobots: false, connectTo: { 'docs.example:443': `127.0.0.1:${port}` } });
    await expect(client.get('https://docs.example/')).rejects.toMatchObject({ code: 'web.connection-failed' });
    expect(names).toEqual(['docs.example']);
  });
});

describe('a name that cannot be resolved', () => {
  test('does not exist: trying again does not help', async () => {
    const client = startGuardedClient({ lookup: resolver({}) });
    await expect(client.get('http://nowhere.example/')).rejects.toMatchObject({
      code: 'web.dns-failed',
      isRetryable: false,
      details: { host: 'nowhere.example' },
    });
  });

  test('for now: trying again may help', async () => {
    const lookup: LookupFunction = (hostname, _options, callback) =>
      callback(
        Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }),
        '',
      );
    await expect(startGuardedClient({ lookup }).get('http://some.example/')).rejects.toMatchObject({
      code: 'web.dns-failed',
      isRetryable: true,
    });
  });
});
