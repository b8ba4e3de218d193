import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { getPrismaClientClass as getPostgresqlClient } from './generated/postgresql/internal/class.ts';
import type { PrismaClient as SqliteClient } from './generated/sqlite/client.ts';
// Not `client.ts`, whose import sets `globalThis.__dirname`.
import { getPrismaClientClass as getSqliteClient } from './generated/sqlite/internal/class.ts';

/**
 * The Prisma client of Sheaf's models. Its type is that of the SQLite client, which offers the less of the two: what
 * it accepts, PostgreSQL accepts as well.
 */
export type SheafClient = SqliteClient;

/** Makes a client on a driver adapter. */
export type ClientFactory = (adapter: SqlDriverAdapterFactory) => SheafClient;

/** The client of each database, as `connect` takes them. */
export interface Clients {
  readonly sqlite: ClientFactory;
  readonly postgresql: ClientFactory;
}

// Made once: each call would make a class of its own.
const SqlitePrismaClient = getSqliteClient();
const PostgresqlPrismaClient = getPostgresqlClient();

/**
 * The generated clients of both databases.
 *
 * @example
 * ```ts
 * const connection = await connect({ url: 'file:./sheaf.db', clients });
 * ```
 */
export const clients: Clients = {
  sqlite: (adapter) => new SqlitePrismaClient({ adapter, errorFormat: 'minimal' }),
  // Two generated clients are never assignable to each other, though their rows are: the one cast of the project.
  postgresql: (adapter) => new PostgresqlPrismaClient({ adapter, errorFormat: 'minimal' }) as unknown as SheafClient,
};
