import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PageSize, pageOf } from './page.ts';

// Serves pages on loopback, in a process of its own, until its parent lets go of it: `/<size>/<number>`.

const server = createServer((request, response) => {
  const [, size, number] = /^\/(article|small)\/(\d+)$/.exec(request.url ?? '') ?? [];
  if (size === undefined) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', etag: `"${number}"` })
    .end(pageOf(Number(number), size as PageSize));
});
// A contender that is busy for long finds its connections open still.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
