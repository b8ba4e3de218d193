import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import {
  type ClientFactories,
  type Connection,
  connect,
  type MigrationHistory,
  type PrismaClientPort,
  type Provider,
} from '../src/index.ts';

export const PROVIDERS: readonly Provider[] = ['sqlite', 'postgresql'];

/** Migrating uses SQL alone: these clients only let a connection be opened and closed. */
export const noClients: ClientFactories = {
  sqlite: () => noClient,
  postgresql: () => noClient,
};

const noClient: PrismaClientPort = {
  $transaction: () => Promise.reject(new Error('A migration does not use the Prisma client.')),
  $disconnect: async () => {},
};

/** A folder that is removed when the test has finished. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sheaf-migrate-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The URL of an empty database, dropped when the test has finished. */
export async function emptyDatabase(provider: Provider, createOptions = ''): Promise<string> {
  if (provider === 'sqlite') return join(await temporaryFolder(), 'test.db');
  // The run's server, which serves the templates of migrated databases too.
  const response = await fetch(`${inject('sheafTemplates')}/postgresql`);
  const { serverUrl } = (await response.json()) as { readonly serverUrl: string };
  const name = `sheaf_migrate_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name} ${createOptions} STRATEGY file_copy`);
  onTestFinished(() => onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A connection that is closed when the test has finished. */
export async function openDatabase(url: string): Promise<Connection<PrismaClientPort>> {
  const connection = await connect({ url, clients: noClients });
  onTestFinished(() => connection.close());
  return connection;
}

/** Works on a connection that is closed afterwards, so that another process has the database to itself. */
export async function withDatabase<T>(
  url: string,
  work: (connection: Connection<PrismaClientPort>) => Promise<T>,
): Promise<T> {
  const connection = await connect({ url, clients: noClients });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

export async function openEmpty(provider: Provider): Promise<Connection<PrismaClientPort>> {
  return openDatabase(await emptyDatabase(provider));
}

/** A history of scripts, named `1_`, `2_`, … in their order. */
export function historyOf(scripts: readonly string[], extras = ''): MigrationHistory {
  return { migrations: scripts.map((script, index) => ({ name: `${index + 1}_step`, script })), extras };
}
