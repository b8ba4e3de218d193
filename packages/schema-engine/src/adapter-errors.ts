import type { Error as AdapterError, SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { DriverAdapterError, isDriverAdapterError } from '@prisma/driver-adapter-utils';

/** The kinds of errors that the engine can read. It takes any other for a failure of its own, and loses the message. */
const readableKinds: ReadonlySet<AdapterError['kind']> = new Set([
  'GenericJs',
  'UnsupportedNativeDataType',
  'InvalidIsolationLevel',
  'LengthMismatch',
  'UniqueConstraintViolation',
  'NullConstraintViolation',
  'ForeignKeyConstraintViolation',
  'DatabaseNotReachable',
  'DatabaseDoesNotExist',
  'DatabaseAlreadyExists',
  'DatabaseAccessDenied',
  'ConnectionClosed',
  'TlsConnectionError',
  'AuthenticationFailed',
  'TransactionWriteConflict',
  'TableDoesNotExist',
  'ColumnNotFound',
  'TooManyConnections',
  'ValueOutOfRange',
  'MissingFullTextSearchIndex',
  'TransactionAlreadyClosed',
  'postgres',
  'sqlite',
]);

/**
 * Gives the engine only errors that it can read. The driver adapters know kinds that the engine of the same version
 * does not (`SocketTimeout` for a locked SQLite file, `InvalidInputValue`, `RestrictViolation`, …): those become plain
 * errors of the database, with its own message.
 */
export function makeErrorsReadable(adapter: SqlDriverAdapter): void {
  const { queryRaw, executeRaw, executeScript } = adapter;
  const rethrow = (error: unknown): never => {
    throw isDriverAdapterError(error) ? new DriverAdapterError(readable(error.cause, adapter.provider)) : error;
  };
  adapter.queryRaw = (query) => queryRaw.call(adapter, query).catch(rethrow);
  adapter.executeRaw = (query) => executeRaw.call(adapter, query).catch(rethrow);
  adapter.executeScript = (script) => executeScript.call(adapter, script).catch(rethrow);
}

function readable(cause: AdapterError, provider: SqlDriverAdapter['provider']): AdapterError {
  if (readableKinds.has(cause.kind)) return cause;
  const { originalCode = '', originalMessage = cause.kind } = cause;
  const original = { originalCode, originalMessage };
  if (provider === 'sqlite') return { ...original, kind: 'sqlite', extendedCode: 1, message: originalMessage };
  return {
    ...original,
    kind: 'postgres',
    code: originalCode,
    severity: 'ERROR',
    message: originalMessage,
    detail: undefined,
    column: undefined,
    hint: undefined,
  };
}
