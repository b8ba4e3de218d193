import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { newDatabasePath } from '../helpers.ts';
import { generateTestClient, TABLES, type TestClient, type TestClientModule } from './test-client.ts';

/** The adapters that Prisma's client is tested on, with a short wait for locks. */
export const ADAPTERS: readonly { name: string; isOurs: boolean; create(path: string): SqlDriverAdapterFactory }[] = [
  { name: 'this adapter', isOurs: true, create: (path) => createPrismaSqlite({ path, busyTimeout: 200 }) },
  {
    name: 'the published adapter',
    isOurs: false,
    create: (path) => new PrismaBetterSqlite3({ url: path, timeout: 200 }),
  },
];

/** The module of the generated client. */
export async function importTestClient(): Promise<TestClientModule> {
  return await import(await generateTestClient());
}

/** A client on a file of its own that has the tables; it is disconnected when the test ends. */
export async function openTestClient(
  createAdapter: (path: string) => SqlDriverAdapterFactory,
): Promise<{ prisma: TestClient; path: string; other: Database.Database }> {
  const { PrismaClient } = await importTestClient();
  const path = newDatabasePath();
  // Another program on the same file, which waits for no lock.
  const other = new Database(path, { timeout: 0 });
  other.pragma('journal_mode = WAL');
  other.exec(TABLES);
  const prisma = new PrismaClient({ adapter: createAdapter(path), errorFormat: 'minimal' });
  onTestFinished(async () => {
    other.close();
    await prisma.$disconnect();
  });
  return { prisma, path, other };
}
