import { DriverAdapterError, type MappedError } from '@prisma/driver-adapter-utils';
import { resultCode } from './result-codes.ts';
import { isBusy, SqliteAdapterError } from './sqlite-error.ts';

/**
 * Translates an error of a statement, of a connection or of this package into the `DriverAdapterError` that Prisma's
 * client turns into its own codes (P2002, P2003, …). What is no such error comes back as it is.
 */
export function mapSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DriverAdapterError) return error;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error;
  const mapped =
    error instanceof SqliteAdapterError
      ? (mapOwn(error) ?? mapResultCode(code, error.message))
      : code.includes('SQLITE_')
        ? mapResultCode(code, error.message)
        : undefined;
  if (!mapped) return error;
  const result = new DriverAdapterError({ ...mapped, originalCode: code, originalMessage: error.message });
  if (error.stack) result.stack = `${result.name}: ${error.message}\n${error.stack.replace(/^.*\n/, '')}`;
  return result;
}

function mapOwn(error: SqliteAdapterError): MappedError | undefined {
  switch (error.code) {
    case 'TRANSACTION_ENDED':
      return { kind: 'TransactionAlreadyClosed', cause: error.message };
    case 'DATABASE_CLOSED':
      return { kind: 'ConnectionClosed' };
    case 'INVALID_VALUE':
      return { kind: 'InvalidInputValue', message: error.message };
    case 'VALUE_OUT_OF_RANGE':
      return { kind: 'ValueOutOfRange', cause: error.message };
    default:
      return undefined;
  }
}

function mapResultCode(code: string, message: string): MappedError {
  switch (code) {
    case 'SQLITE_CONSTRAINT_UNIQUE':
    case 'SQLITE_CONSTRAINT_PRIMARYKEY':
    case 'SQLITE_CONSTRAINT_ROWID': {
      const table = columnsOf(message)?.[0]?.split('.').slice(0, -1).join('.');
      return { kind: 'UniqueConstraintViolation', ...constraint(message), ...(table ? { table } : {}) };
    }
    case 'SQLITE_CONSTRAINT_NOTNULL':
      return { kind: 'NullConstraintViolation', ...constraint(message) };
    case 'SQLITE_CONSTRAINT_FOREIGNKEY':
      return { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } };
    case 'SQLITE_CONSTRAINT_TRIGGER':
      // SQLite enforces ON DELETE RESTRICT by an internal trigger; a trigger of the user brings its own message.
      if (message !== 'FOREIGN KEY constraint failed') break;
      return { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } };
  }
  if (isBusy({ code })) return { kind: 'SocketTimeout' };
  return mapMessage(message) ?? { kind: 'sqlite', extendedCode: resultCode(code), message };
}

/** `SQLITE_ERROR` is one code for every mistake in a statement: only the message tells them apart. */
function mapMessage(message: string): MappedError | undefined {
  const table = /^no such table: (.+)$/.exec(message)?.[1];
  if (table !== undefined) return { kind: 'TableDoesNotExist', table };
  // better-sqlite3 is built without double-quoted strings: for "x" the message goes on with advice.
  const column =
    /^no such column: (.+?)(?: - should this be a string literal in single-quotes\?)?$/.exec(message)?.[1] ??
    /^table .+ has no column named (.+)$/.exec(message)?.[1];
  if (column !== undefined) return { kind: 'ColumnNotFound', column: column.replace(/^"(.*)"$/, '$1') };
  return message === 'integer overflow' ? { kind: 'ValueOutOfRange', cause: message } : undefined;
}

/** The columns in `UNIQUE constraint failed: User.email, User.domain`; a unique expression names its index instead. */
function constraint(message: string): { constraint?: { fields: string[] } | { index: string } } {
  const index = /constraint failed: index '(.+)'$/.exec(message)?.[1];
  if (index !== undefined) return { constraint: { index } };
  const fields = columnsOf(message)?.map((column) => column.slice(column.lastIndexOf('.') + 1));
  return fields ? { constraint: { fields } } : {};
}

function columnsOf(message: string): string[] | undefined {
  return /constraint failed: (?!index ')(.+)$/.exec(message)?.[1]?.split(', ');
}
