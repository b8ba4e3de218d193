import type { ErrorRegistry } from '@prisma/driver-adapter-utils';
import type { RpcError } from './json-rpc.ts';
import { enginePanic } from './wasm-engine.ts';

export interface DescribeErrorOptions {
  /** Errors of the driver adapter that the engine mentions by number only. */
  readonly errors: ErrorRegistry | undefined;
  readonly redact: (text: string) => string;
}

/** Turns what a method threw into what the CLI shows: a message without secrets, with a Prisma code if there is one. */
export function describeRpcError(error: unknown, options: DescribeErrorOptions): RpcError {
  const panic = enginePanic();
  const facts = panic === undefined ? factsOf(error, options.errors) : { message: panic };
  return {
    code: 4466,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: panic !== undefined,
      message: options.redact(facts.message),
      meta: null,
      error_code: facts.code,
    },
  };
}

const externalError = /External error id#(\d+)/;

function factsOf(error: unknown, errors: ErrorRegistry | undefined): { message: string; code?: string } {
  const message = error instanceof Error ? error.message : String(error);
  const id = externalError.exec(message)?.[1];
  const cause = id === undefined ? undefined : errors?.consumeError(Number(id))?.error;
  if (cause !== undefined) return factsOf(cause, errors);
  const code = (error as { code?: unknown } | null)?.code;
  return { message, ...(typeof code === 'string' && /^P\d{4}$/.test(code) ? { code } : {}) };
}
