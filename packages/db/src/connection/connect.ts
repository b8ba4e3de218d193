import { connectPostgresql } from './connect-postgresql.ts';
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
  return target.provider === 'sqlite' ? connectSqlite(target, options) : connectPostgresql(target, options);
}
