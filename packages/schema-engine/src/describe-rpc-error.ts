import type { ErrorRegistry } from '@prisma/driver-adapter-utils';
import type { ConnectionTarget } from './connection-error.ts';
import { postgresConnectionError } from './connection-error.ts';
import type { RpcError } from './json-rpc.ts';

export interface DescribeErrorOptions {
  /** Errors of the driver adapter that the engine mentions by number only. */
  readonly errors: ErrorRegistry | undefined;
  /** The PostgreSQL server in use, if any. */
  readonly target: ConnectionTarget | undefined;
  readonly redact: (text: string) => string;
}

/** Turns what a method threw into what the CLI shows: a message without secrets, with a Prisma code if there is one. */
export function describeRpcError(error: unknown, options: DescribeErrorOptions): RpcError {
  const facts = factsOf(error, options);
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: error instanceof Error && error.name === 'RuntimeError',
      message: options.redact(facts.message),
      meta: null,
      error_code: facts.code,
    },
  };
}

const externalError = /External error id#(\d+)/;

function factsOf(error: unknown, { errors, target }: DescribeErrorOptions): { message: string; code?: string } {
  const message = error instanceof Error ? error.message : String(error);
  const id = externalError.exec(message)?.[1];
  const cause = id === undefined ? undefined : errors?.consumeError(Number(id))?.error;
  const connectionError = target && postgresConnectionError(cause ?? error, target);
  if (connectionError?.code) return { message: connectionError.message, code: connectionError.code };
  const code = (error as { code?: unknown } | null)?.code;
  return {
    message:
      cause === undefined
        ? message
        : message.replace(externalError, cause instanceof Error ? cause.message : String(cause)),
    ...(typeof code === 'string' && /^P\d{4}$/.test(code) ? { code } : {}),
  };
}
