import { connectSqlite } from './connect-sqlite.ts';
import type { Connection, ConnectOptions, PrismaClientPort } from './connection.ts';
import { parseDatabaseUrl } from './database-url.ts';

/**
 * Opens a database. The caller owns the connection and closes it.
 *
 * @throws `db.unsupported-url`, `db.connection-failed`, `db.not-writable`, `db.corrupt`.
 */
export async function connect<Client extends PrismaClientPort>(
  options: ConnectOptions<Client>,
): Promise<Connection<Client>> {
  const target = parseDatabaseUrl(options.url);
  if (target.provider === 'sqlite') return connectSqlite(target, options);
  // Who works on a file does not wait for the driver of a server.
  const { connectPostgresql } = await import('./connect-postgresql.ts');
  return connectPostgresql(target, options);
}
