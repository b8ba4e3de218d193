import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { onTestFinished } from 'vitest';

/** Connects Prisma's own adapter, for comparison. Its connection is closed when the test ends. */
export async function connectPublished(path: string): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaBetterSqlite3({ url: path }).connect();
  onTestFinished(() => adapter.dispose());
  return adapter;
}
