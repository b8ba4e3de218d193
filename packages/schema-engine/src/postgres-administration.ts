import pg from 'pg';
import { postgresConnectionError } from './connection-error.ts';
import type { PostgresTarget } from './postgres-url.ts';

/** Databases of the server to connect to for statements about other databases; the first one that exists is used. */
const maintenanceDatabases = ['postgres', 'template1'];

/**
 * Runs one statement in the target's database on a connection of its own.
 *
 * @throws EngineError with Prisma's code if the connection fails.
 */
export async function runOnDatabase(target: PostgresTarget, statement: string): Promise<void> {
  const { config } = target;
  const client = new pg.Client(config);
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    throw (
      postgresConnectionError(error, {
        host: config.host,
        port: config.port,
        database: config.database,
        user: config.user ?? '',
      }) ?? error
    );
  } finally {
    await client.end();
  }
}

/**
 * Runs one statement about databases (`CREATE DATABASE`, `DROP DATABASE`) on the target's server, connected to one of
 * its maintenance databases, since nobody may be connected to the database in question.
 */
export async function runOnServer(target: PostgresTarget, statement: string): Promise<void> {
  let missing: unknown;
  for (const database of maintenanceDatabases) {
    try {
      return await runOnDatabase({ ...target, config: { ...target.config, database } }, statement);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'P1003') throw error;
      missing = error;
    }
  }
  throw missing;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
