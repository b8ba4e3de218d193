import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clients, type SheafClient } from '@sheaf/client';
import { applyMigrations, type Connection, connect, type Provider } from '@sheaf/db';
import { createDatabase, createTempFolder, databaseUrl, dropDatabase, startPostgres } from '@sheaf/testkit';

/** The databases of one run of a benchmark, on one provider. */
export interface Databases<Prepared> {
  readonly provider: Provider;
  /** What `prepare` has given. */
  readonly prepared: Prepared;
  /** The database that was prepared: for those who only read. */
  readonly url: string;
  /** A copy of what `prepare` has left, for one contender; gone after `use`. */
  fresh<T>(use: (url: string) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Fills the migrated database from which all others are copied. */
export type Prepare<Prepared> = (connection: Connection<SheafClient>) => Promise<Prepared>;

/** PostgreSQL is the server of TEST_DATABASE_URL, or one that is started for the purpose. */
export function createDatabases<Prepared>(
  provider: Provider,
  prepare: Prepare<Prepared>,
): Promise<Databases<Prepared>> {
  return provider === 'sqlite' ? createSqliteDatabases(prepare) : createPostgresqlDatabases(prepare);
}

async function createSqliteDatabases<Prepared>(prepare: Prepare<Prepared>): Promise<Databases<Prepared>> {
  const folder = await createTempFolder('bench');
  const template = join(folder.path, 'template.db');
  const prepared = await fill(template, prepare);
  return {
    provider: 'sqlite',
    prepared,
    url: template,
    async fresh(use) {
      const copy = await createTempFolder('bench-copy');
      try {
        const url = join(copy.path, 'bench.db');
        await copyFile(template, url);
        return await use(url);
      } finally {
        await copy.remove();
      }
    },
    close: () => folder.remove(),
  };
}

async function createPostgresqlDatabases<Prepared>(prepare: Prepare<Prepared>): Promise<Databases<Prepared>> {
  // As servers are: without statistics the planner would take any list of keys for half of a table.
  const server = await startPostgres({ settings: { autovacuum: 'on' } });
  const prefix = `sheaf_bench_${process.pid}`;
  const template = `${prefix}_template`;
  let copies = 0;
  const close = async (): Promise<void> => {
    await dropDatabase(server.url, template);
    await server.stop();
  };
  const url = databaseUrl(server.url, template);
  let prepared: Prepared;
  try {
    await createDatabase(server.url, template);
    prepared = await fill(url, prepare);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    provider: 'postgresql',
    prepared,
    url,
    async fresh(use) {
      copies += 1;
      const name = `${prefix}_${copies}`;
      await createDatabase(server.url, name, template);
      try {
        return await use(databaseUrl(server.url, name));
      } finally {
        await dropDatabase(server.url, name);
      }
    },
    close,
  };
}

async function fill<Prepared>(url: string, prepare: Prepare<Prepared>): Promise<Prepared> {
  // Nobody misses it after a power cut, and keys that come in no order want room.
  const sqlite = { synchronous: 'OFF', pragmas: { cache_size: -256_000 } } as const;
  const connection = await connect<SheafClient>({ url, clients, sqlite });
  try {
    await applyMigrations(connection);
    return await prepare(connection);
  } finally {
    await connection.close();
  }
}
