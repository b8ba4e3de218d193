import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** The `error` member of a JSON-RPC response, as Prisma's CLI reads it. */
export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: {
    readonly is_panic: boolean;
    readonly message: string;
    readonly meta: null;
    readonly error_code?: string | undefined;
  };
}

export interface RpcServerOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Answers one request; what it throws goes through `describeError` into the response. */
  readonly handle: (request: RpcRequest) => Promise<unknown>;
  readonly describeError: (error: unknown) => RpcError;
}

export interface RpcRequest {
  readonly method: string;
  readonly params: unknown;
  /** Has the CLI print text, before it gets the response to this request. */
  readonly print: (content: string) => Promise<void>;
}

interface Message {
  readonly id: string | number;
  readonly method?: string;
  readonly params?: unknown;
}

/**
 * Serves JSON-RPC, one message a line, until the input ends and all requests are answered. Requests are handled one
 * after the other, in order: the engine's methods share a connection.
 */
export function serveJsonRpc(options: RpcServerOptions): Promise<void> {
  const { input, output, handle, describeError } = options;
  const printed = new Map<string | number, () => void>();
  let printCount = 0;
  let isClosed = false;
  let queue: Promise<void> = Promise.resolve();

  const send = (message: object): void => {
    output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const print = (content: string): Promise<void> =>
    new Promise((resolve) => {
      printCount += 1;
      const id = `print-${printCount}`;
      send({ id, method: 'print', params: { content } });
      // Once the input has ended, nobody confirms any more.
      if (isClosed) resolve();
      else printed.set(id, resolve);
    });
  const answer = async (id: string | number, method: string, params: unknown): Promise<void> => {
    try {
      // The CLI takes a response without a result for no response.
      send({ id, result: (await handle({ method, params, print })) ?? {} });
    } catch (error) {
      send({ id, error: describeError(error) });
    }
  };

  const lines = createInterface({ input });
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const { id, method, params } = JSON.parse(line) as Message;
    if (method === undefined) {
      printed.get(id)?.();
      printed.delete(id);
      return;
    }
    queue = queue.then(() => answer(id, method, params));
  });
  return new Promise((resolve) => {
    lines.on('close', () => {
      isClosed = true;
      for (const confirm of printed.values()) confirm();
      resolve(queue);
    });
  });
}
