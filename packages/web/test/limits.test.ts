import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { failureOf, type Route, redirectTo, startClient, startSite } from './site.ts';

const send =
  (body: Uint8Array, encoding: string): Route =>
  (response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(body);

const text = 'All work and no play makes Jack a dull boy. '.repeat(2000);

describe('compressed content', () => {
  test.each([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['identity', Buffer.from(text)],
    ['unheard-of', Buffer.from(text)],
  ])('%s is decompressed', async (encoding, body) => {
    const site = await startSite({ '/': send(body, encoding) });
    const response = await startClient().get(site.origin);
    expect(Buffer.from(response.body).toString()).toBe(text);
  });

  test.each(['gzip', 'deflate', 'br', 'zstd'])('%s of nothing is nothing', async (encoding) => {
    const site = await startSite({ '/': send(Buffer.alloc(0), encoding) });
    expect((await startClient().get(site.origin)).body).toHaveLength(0);
  });

  test.each(['gzip', 'deflate', 'br', 'zstd'])('damaged %s is an error', async (encoding) => {
    const site = await startSite({ '/': send(Buffer.from('this is not compressed'), encoding) });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.body-damaged',
      details: expect.objectContaining({ encoding }),
    });
  });
});

describe('a body that ends too early', () => {
  const long = Buffer.from(Array.from({ length: 3000 }, (_, index) => `line ${index * 7919} `).join(''));

  test.each([
    ['gzip', gzipSync(long)],
    ['deflate', deflateSync(long)],
    ['deflate', deflateRawSync(long)],
    ['br', brotliCompressSync(long)],
    ['zstd', zstdCompressSync(long)],
  ])('is damaged where it is compressed: %s', async (encoding, whole) => {
    const site = await startSite({ '/': send(whole.subarray(0, whole.byteLength / 2), encoding) });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.body-damaged',
      isRetryable: true,
      details: { encoding },
    });
  });

  test('has lost its connection where its length was announced', async () => {
    const site = await startSite({
      '/': (response) =>
        void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nten bytes.'),
    });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.connection-failed',
      isRetryable: true,
    });
  });
});

describe('the size limit', () => {
  test('holds for what is announced, before anything is read', async () => {
    const site = await startSite({
      '/': (response) => {
        response.writeHead(200, { 'content-length': 2001 });
        response.flushHeaders();
      },
    });
    await expect(startClient({ maxBodyBytes: 2000 }).get(site.origin)).rejects.toMatchObject({
      code: 'web.body-too-large',
      isRetryable: false,
      details: { limit: 2000 },
    });
  });

  test('holds for what comes in without an announcement', async () => {
    let isClosed = false;
    const site = await startSite({
      '/': (response) => {
        const timer = setInterval(() => response.write('x'.repeat(1000)), 1);
        response.on('close', () => {
          clearInterval(timer);
          isClosed = true;
        });
      },
    });
    await expect(startClient({ maxBodyBytes: 5000 }).get(site.origin)).rejects.toMatchObject({
      code: 'web.body-too-large',
    });
    await expect.poll(() => isClosed).toBe(true);
  });

  test('lets pass what is exactly as large', async () => {
    const site = await startSite({ '/': 'x'.repeat(1000) });
    const client = startClient();
    expect((await client.get(site.origin, { maxBodyBytes: 1000 })).body).toHaveLength(1000);
    await expect(client.get(site.origin, { maxBodyBytes: 999 })).rejects.toMatchObject({ code: 'web.body-too-large' });
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
  ])('stops a %s bomb while it unfolds', async (encoding, bomb) => {
    expect(bomb.byteLength).toBeLessThan(100_000);
    const site = await startSite({ '/': send(bomb, encoding) });
    const client = startClient({ maxBodyBytes: 100_000 });
    const { stream } = await client.get(site.origin, { as: 'stream' });
    let received = 0;
    const error = await failureOf(
      (async () => {
        for await (const chunk of stream) received += chunk.byteLength;
      })(),
    );
    expect(error).toMatchObject({ code: 'web.body-too-large' });
    expect(received).toBeLessThanOrEqual(100_000);
  });

  test('counts compressed bytes too, where they unfold to nothing', async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    const emptyBlocks = Buffer.alloc(5000, Buffer.from([0, 0, 0, 0xff, 0xff]));
    const site = await startSite({
      '/': (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).write(header);
        const timer = setInterval(() => response.write(emptyBlocks), 1);
        response.on('close', () => clearInterval(timer));
      },
    });
    const client = startClient({ maxBodyBytes: 50_000, timeouts: { bodyMs: 5000 } });
    await expect(client.get(site.origin)).rejects.toMatchObject({ code: 'web.body-too-large' });
  });

  test('does not read what follows the compressed data', async () => {
    const site = await startSite({
      '/': (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync('short'));
        const timer = setInterval(() => response.write(Buffer.alloc(1000)), 1);
        response.on('close', () => clearInterval(timer));
      },
    });
    const { body } = await startClient({ timeouts: { bodyMs: 5000 } }).get(site.origin);
    expect(Buffer.from(body).toString()).toBe('short');
  });
});

describe('timeouts', () => {
  test('connect: a host that does not finish the handshake', async () => {
    // It accepts connections and never answers the TLS greeting.
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = startClient({ respectRobots: false, timeouts: { connectMs: 100 } });
    await expect(client.get(`https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'web.timeout',
      isRetryable: true,
      details: { phase: 'connect', timeoutMs: 100 },
    });
  });

  test('headers: a host that does not answer', async () => {
    const site = await startSite({ '/': () => {} });
    await expect(startClient({ timeouts: { headersMs: 100 } }).get(site.origin)).rejects.toMatchObject({
      code: 'web.timeout',
      isRetryable: true,
      details: { phase: 'headers', timeoutMs: 100, url: `${site.origin}/` },
    });
  });

  test('body: a host that stops in the middle', async () => {
    const site = await startSite({ '/': (response) => response.writeHead(200).write('half') });
    await expect(startClient({ timeouts: { bodyMs: 100 } }).get(site.origin)).rejects.toMatchObject({
      code: 'web.timeout',
      isRetryable: true,
      details: { phase: 'body', timeoutMs: 100 },
    });
  });

  test('body: a host that sends a little again and again', async () => {
    const site = await startSite({
      '/': (response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    });
    await expect(startClient({ timeouts: { bodyMs: 200 } }).get(site.origin)).rejects.toMatchObject({
      code: 'web.timeout',
      details: { phase: 'body' },
    });
  });

  test('body: the time of a slow reader does not count', async () => {
    const site = await startSite({ '/': (response) => response.end('x'.repeat(500_000)) });
    const { stream } = await startClient({ timeouts: { bodyMs: 150 } }).get(site.origin, { as: 'stream' });
    let received = 0;
    for await (const chunk of stream) {
      received += chunk.byteLength;
      await sleep(received < 400_000 ? 60 : 0);
    }
    expect(received).toBe(500_000);
  });

  test('body: a stream that nobody reads is closed', async () => {
    let isClosed = false;
    const site = await startSite({
      '/': (response) => {
        response.on('close', () => {
          isClosed = true;
        });
        response.write('half');
      },
    });
    const { stream } = await startClient({ timeouts: { bodyMs: 100 } }).get(site.origin, { as: 'stream' });
    await expect.poll(() => isClosed).toBe(true);
    expect(
      await failureOf(
        (async () => {
          for await (const _ of stream);
        })(),
      ),
    ).toMatchObject({ code: 'web.timeout' });
  });
});

describe('a stream', () => {
  test('comes as it is sent', async () => {
    let finish = (): void => {};
    const site = await startSite({
      '/': (response) => {
        response.write('first');
        finish = () => response.end('second');
      },
    });
    const { stream, status } = await startClient().get(site.origin, { as: 'stream' });
    expect(status).toBe(200);
    const chunks: string[] = [];
    for await (const chunk of stream) {
      chunks.push(Buffer.from(chunk).toString());
      finish();
    }
    expect(chunks).toEqual(['first', 'second']);
  });

  test('holds its turn on the host until it is read or cancelled', async () => {
    const site = await startSite({ '/a': 'a', '/b': 'b', '/c': 'c' });
    const client = startClient({ maxPerHost: 1 });
    const { stream } = await client.get(`${site.origin}/a`, { as: 'stream' });
    const next = client.get(`${site.origin}/b`, { as: 'stream' });
    await sleep(50);
    expect(site.paths).toEqual(['/robots.txt', '/a']);
    await stream.cancel();
    for await (const _ of (await next).stream) break;
    expect((await client.get(`${site.origin}/c`)).status).toBe(200);
  });

  test('reports a connection that breaks in the middle', async () => {
    const site = await startSite({
      '/plain': (response) => response.writeHead(200).write('half', () => response.destroy()),
      '/gzip': (response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .write(gzipSync(text).subarray(0, 50), () => response.destroy()),
    });
    const client = startClient();
    for (const path of ['/plain', '/gzip']) {
      await expect(client.get(site.origin + path)).rejects.toMatchObject({
        code: 'web.connection-failed',
        isRetryable: true,
      });
    }
  });
});

describe('cancelling', () => {
  test('a signal that is aborted already', async () => {
    const site = await startSite({ '/': 'home' });
    const reason = new Error('enough');
    await expect(startClient().get(site.origin, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
      code: 'web.canceled',
      isRetryable: false,
      cause: reason,
    });
    expect(site.requests).toEqual([]);
  });

  test.each([
    ['while the site thinks', () => {}],
    ['while the body comes', (response: Parameters<Route>[0]) => void response.writeHead(200).write('half')],
  ])('%s', async (_fact, route) => {
    const site = await startSite({ '/': route });
    const controller = new AbortController();
    const pending = failureOf(startClient().get(site.origin, { signal: controller.signal }));
    await expect.poll(() => site.paths).toContain('/');
    await sleep(20);
    controller.abort();
    expect(await pending).toMatchObject({ code: 'web.canceled' });
  });

  test('a stream is cancelled by its signal after its headers came', async () => {
    const site = await startSite({ '/': (response) => void response.writeHead(200).write('half') });
    const controller = new AbortController();
    const { stream } = await startClient().get(site.origin, { as: 'stream', signal: controller.signal });
    const reading = failureOf(
      (async () => {
        for await (const _ of stream) controller.abort();
      })(),
    );
    expect(await reading).toMatchObject({ code: 'web.canceled' });
  });

  test('while it waits for its turn, without a request', async () => {
    const site = await startSite({ '/a': 'a', '/b': 'b', '/c': 'c' });
    const client = startClient({ minDelayMs: 200 });
    await client.get(`${site.origin}/a`);
    const controller = new AbortController();
    const canceled = failureOf(client.get(`${site.origin}/b`, { signal: controller.signal }));
    const next = client.get(`${site.origin}/c`);
    controller.abort();
    expect(await canceled).toMatchObject({ code: 'web.canceled' });
    expect((await next).status).toBe(200);
    expect(site.paths).toEqual(['/robots.txt', '/a', '/c']);
  });

  test('does not take the robots.txt away from others that wait for it', async () => {
    let answer = (): void => {};
    const site = await startSite({
      '/robots.txt': (response) => {
        answer = () => response.end('User-agent: *\nDisallow: /b');
      },
      '/a': 'a',
    });
    const client = startClient();
    const controller = new AbortController();
    const canceled = failureOf(client.get(`${site.origin}/a`, { signal: controller.signal }));
    const other = client.get(`${site.origin}/a`);
    await expect.poll(() => site.paths).toEqual(['/robots.txt']);
    controller.abort();
    expect(await canceled).toMatchObject({ code: 'web.canceled' });
    answer();
    expect((await other).status).toBe(200);
  });

  test('many requests may share one signal', async () => {
    const site = await startSite({ '/': 'home' });
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(String(warning));
    process.on('warning', onWarning);
    const { signal } = new AbortController();
    const client = startClient({ maxPerHost: 50 });
    await Promise.all(Array.from({ length: 50 }, () => client.get(site.origin, { signal })));
    await sleep(10);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('closing the client ends what is under way and what comes later', async () => {
    const site = await startSite({ '/': () => {} });
    const client = startClient();
    const pending = failureOf(client.get(site.origin));
    await expect.poll(() => site.paths).toContain('/');
    await client.close();
    expect(await pending).toMatchObject({ code: 'web.canceled' });
    expect(await failureOf(client.get(site.origin))).toMatchObject({ code: 'web.canceled' });
  });
});

describe('connections that fail', () => {
  test('refused', async () => {
    const site = await startSite({ '/': redirectTo('http://127.0.0.1:1/') });
    await expect(startClient({ respectRobots: false }).get(site.origin)).rejects.toMatchObject({
      code: 'web.connection-failed',
      isRetryable: true,
      details: { url: 'http://127.0.0.1:1/', reason: expect.stringContaining('ECONNREFUSED') },
    });
  });

  test('reset before the answer', async () => {
    const site = await startSite({ '/': (response) => response.destroy() });
    await expect(startClient().get(site.origin)).rejects.toMatchObject({
      code: 'web.connection-failed',
      isRetryable: true,
    });
  });

  test('not HTTP: trying again does not help', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const client = startClient({ respectRobots: false });
    await expect(client.get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'web.connection-failed',
      isRetryable: false,
    });
  });

  test('TLS where there is none: trying again does not help', async () => {
    const site = await startSite({ '/': 'home' });
    const client = startClient({ respectRobots: false });
    await expect(client.get(`https://127.0.0.1:${site.port}/`)).rejects.toMatchObject({
      code: 'web.connection-failed',
      isRetryable: false,
    });
  });
});
