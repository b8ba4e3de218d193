import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { PoolConfig } from 'pg';
import { EngineError } from './engine-error.ts';

/** A PostgreSQL URL in Prisma's dialect, as options of `pg`. */
export interface PostgresTarget {
  readonly config: PoolConfig & { readonly host: string; readonly port: number; readonly database: string };
  /** The PostgreSQL schema that holds the tables; default `public`. */
  readonly schema: string;
}

/** Prisma's default of `connect_timeout`, in seconds. */
const defaultConnectTimeout = 5;

/**
 * Parses a URL with the parameters that Prisma documents (`schema`, `host` for a socket directory, `sslmode`,
 * `sslcert`, `sslaccept`, `connect_timeout`, `application_name`, `options`). `pg` itself would give some of them
 * another meaning.
 *
 * @throws EngineError P1013 for a URL that cannot be parsed; the message does not repeat it.
 */
export function parsePostgresUrl(url: string, defaults: { readonly schema?: string } = {}): PostgresTarget {
  if (!URL.canParse(url)) {
    throw new EngineError('The provided database string is invalid: it cannot be parsed as a URL.', { code: 'P1013' });
  }
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const user = decodeURIComponent(username);
  const schema = searchParams.get('schema') || (defaults.schema ?? 'public');
  const timeout = Number(searchParams.get('connect_timeout') ?? defaultConnectTimeout);
  const applicationName = searchParams.get('application_name');
  return {
    schema,
    config: {
      host: searchParams.get('host') ?? (decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1')) || 'localhost'),
      port: Number(port || 5432),
      user,
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      database: decodeURIComponent(pathname.slice(1)) || 'postgres',
      ssl: tlsOptions(searchParams),
      connectionTimeoutMillis: timeout * 1000,
      ...(applicationName === null ? {} : { application_name: applicationName }),
      options: [searchParams.get('options'), `-c search_path=${searchPath(schema)}`].filter(Boolean).join(' '),
    },
  };
}

/** The schema as a quoted identifier, its spaces and backslashes escaped as start-up options want it. */
function searchPath(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replaceAll(/[\\\s]/g, '\\$&');
}

function tlsOptions(parameters: URLSearchParams): ConnectionOptions | false {
  const mode = parameters.get('sslmode');
  const authority = parameters.get('sslrootcert') ?? parameters.get('sslcert');
  if (mode === null ? authority === null : ['disable', 'allow', 'prefer'].includes(mode)) return false;
  return {
    rejectUnauthorized: parameters.get('sslaccept') === 'strict' || mode === 'verify-full' || mode === 'verify-ca',
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(authority === null ? {} : { ca: readFileSync(authority, 'utf8') }),
  };
}
