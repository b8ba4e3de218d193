import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { commandError } from './support/run-engine.ts';

/** A server on the loopback interface that is no PostgreSQL; returns its port. */
async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const connect = (place: string): ReturnType<typeof commandError> =>
  commandError('can-connect-to-database', `postgresql://me:secret@${place}`);

test('a port without a server is P1001, which names the address', async () => {
  const { code, message } = await connect('127.0.0.1:1/app');
  expect(code).toBe('P1001');
  expect(message).toContain('`127.0.0.1:1`');
});

test('a host that has no address is P1001', async () => {
  expect(await connect('nowhere.invalid/app')).toMatchObject({
    code: 'P1001',
    message: expect.stringContaining('`nowhere.invalid:5432`'),
  });
});

test('a socket directory without a server is P1001', async () => {
  expect((await connect('localhost/app?host=/nowhere')).code).toBe('P1001');
});

test('a server that does not answer within connect_timeout seconds is P1002', async () => {
  const port = await serve(() => {});
  const start = performance.now();
  expect((await connect(`127.0.0.1:${port}/app?connect_timeout=1`)).code).toBe('P1002');
  expect(performance.now() - start).toBeGreaterThan(990);
});

test('a server without TLS, where sslmode demands it, is P1011', async () => {
  const port = await serve((socket) => socket.once('data', () => socket.write('N')));
  expect((await connect(`127.0.0.1:${port}/app?sslmode=require`)).code).toBe('P1011');
});

test('a server that hangs up is P1017', async () => {
  const port = await serve((socket) => socket.end());
  expect((await connect(`127.0.0.1:${port}/app`)).code).toBe('P1017');
});

test('a URL that is none is P1013, without its password', async () => {
  const { code, message } = await connect('host:port/app');
  expect(code).toBe('P1013');
  expect(message).not.toContain('secret');
});
