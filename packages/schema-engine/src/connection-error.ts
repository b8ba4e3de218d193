import { EngineError } from './engine-error.ts';

/** Where the connection was to go; named in the messages, never with the password. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // a socket directory without a server
  'EACCES',
]);
const timedOut = new Set(['ETIMEDOUT']);
const closed = new Set(['ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03', '08006', '08003']);

/**
 * Turns what `pg` and Node throw while connecting to PostgreSQL into the error code and the sentence that Prisma's
 * native engine has for it. The CLI acts on some of them: P1003 makes it create the database.
 *
 * @returns undefined if the error is not about the connection.
 */
export function postgresConnectionError(error: unknown, target: ConnectionTarget): EngineError | undefined {
  const { code, message } = factsOf(error);
  const server = `${target.host}:${target.port}`;
  const coded = (prismaCode: string, text: string): EngineError =>
    new EngineError(text, { code: prismaCode, cause: error });
  if (code === '28P01' || /SCRAM-SERVER-FIRST-MESSAGE|password must be a (non-empty )?string/.test(message)) {
    return coded(
      'P1000',
      `Authentication failed against database server, the provided database credentials for \`${target.user}\` ` +
        'are not valid.\n\nPlease make sure to provide valid database credentials for the database server at ' +
        `\`${server}\`.`,
    );
  }
  if (code !== undefined && unreachable.has(code)) {
    return coded(
      'P1001',
      `Can't reach database server at \`${server}\`\n\n` +
        `Please make sure your database server is running at \`${server}\`.`,
    );
  }
  if ((code !== undefined && timedOut.has(code)) || /^timeout expired$|connection timeout/.test(message)) {
    return coded(
      'P1002',
      `The database server at \`${server}\` was reached but timed out.\n\n` +
        `Please try again.\n\nPlease make sure your database server is running at \`${server}\`.`,
    );
  }
  if (code === '3D000') return coded('P1003', `Database \`${target.database}\` does not exist`);
  if (code === '42P04') return coded('P1009', `Database \`${target.database}\` already exists`);
  if (code === '28000' || code === '42501') {
    return coded(
      'P1010',
      `User \`${target.user}\` was denied access on the database \`${target.database}\`: ${message}`,
    );
  }
  if (
    /SSL|TLS|certificate/i.test(message) ||
    /^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_)/.test(code ?? '')
  ) {
    return coded('P1011', `Error opening a TLS connection: ${message}`);
  }
  if ((code !== undefined && closed.has(code)) || /Connection terminated/.test(message)) {
    return coded('P1017', 'Server has closed the connection.');
  }
  if (code === '53300') return coded('P2037', `Too many database connections opened: ${message}`);
  return undefined;
}

interface ErrorFacts {
  readonly code: string | undefined;
  readonly message: string;
}

/** Node wraps the failures of several addresses of one host in an AggregateError: the first one tells. */
function factsOf(error: unknown): ErrorFacts {
  if (error instanceof AggregateError && error.errors.length > 0) return factsOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = (error as NodeJS.ErrnoException).code;
  return { code: typeof code === 'string' ? code : undefined, message: error.message };
}
