import { once } from 'node:events';
import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** What a connection of `pg` knows of itself, beyond its types. */
interface OpenClient {
  readonly processID: number;
  readonly secretKey: number;
  readonly host: string;
  readonly port: number;
  readonly connection: { readonly stream: { destroy(): void } };
}

const CANCEL_REQUEST = 80_877_102;
/** Milliseconds for the server, or a proxy before it, to heed the request. */
const PATIENCE_MS = 5_000;

/**
 * Asks the server to end the statement that runs on a connection. The request goes over a connection of its own, without
 * a login, as the protocol has it (PostgreSQL 54.2.8), and the server answers by closing it. `settled` is the end of the
 * statement: where that does not come, the connection is cut.
 */
export async function cancelStatement(client: PoolClient, settled: Promise<unknown>): Promise<void> {
  const target = client as unknown as OpenClient;
  await requestCancel(target).catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  }).then(() => target.connection.stream.destroy());
  await Promise.race([settled.catch(() => {}), patience]);
  clearTimeout(timer);
}

async function requestCancel({ host, port, processID, secretKey }: OpenClient): Promise<void> {
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  const request = Buffer.alloc(16);
  for (const [index, number] of [16, CANCEL_REQUEST, processID, secretKey].entries()) {
    request.writeInt32BE(number, index * 4);
  }
  socket.end(request);
  socket.resume();
  await once(socket, 'close');
}
