import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { newDatabasePath } from '../helpers.ts';
import { generateTestClient, TABLES, type TestClient, type TestClientModule } from './test-client.ts';

/** An adapter that Prisma's client is tested on. */
export interface TestedAdapter {
  readonly name: string;
  readonly isOurs: boolean;
  /** `timeout` is how long it waits for locks, in milliseconds. */
  create(path: string, timeout: number): SqlDriverAdapterFactory;
}

export const OURS: TestedAdapter = {
  name: 'this adapter',
  isOurs: true,
  create: (path, timeout) => createPrismaSqlite({ path, busyTimeout: timeout }),
};

export const PUBLISHED: TestedAdapter = {
  name: 'the published adapter',
  isOurs: false,
  create: (path, timeout) => new PrismaBetterSqlite3({ url: path, timeout }),
};

/** The module of the generated client. */
export async function importTestClient(): Promise<TestClientModule> {
  return await import(await generateTestClient());
}

/** A client on a file of its own that has the tables; it is disconnected when the test ends. */
export async function openTestClient(
  adapter: TestedAdapter,
  timeout = 10_000,
): Promise<{ prisma: TestClient; path: string; other: Database.Database }> {
  const { PrismaClient } = await importTestClient();
  const path = newDatabasePath();
  // Another program on the same file, which waits for no lock.
  const other = new Database(path, { timeout: 0 });
  other.pragma('journal_mode = WAL');
  other.exec(TABLES);
  const prisma = new PrismaClient({ adapter: adapter.create(path, timeout), errorFormat: 'minimal' });
  onTestFinished(async () => {
    other.close();
    await prisma.$disconnect();
  });
  return { prisma, path, other };
}
