import { registerHooks } from 'node:module';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { onTestFinished } from 'vitest';

// The published adapter depends on a major version of better-sqlite3 that downloads its binary when it is installed.
// It is given ours instead, which has the same API and brings the binary along.
registerHooks({
  resolve(specifier, context, nextResolve) {
    const isPublished = specifier === 'better-sqlite3' && context.parentURL?.includes('/adapter-better-sqlite3/');
    return nextResolve(specifier, isPublished ? { ...context, parentURL: import.meta.url } : context);
  },
});

/** Connects Prisma's own adapter, for comparison. Its connection is closed when the test ends. */
export async function connectPublished(path: string): Promise<SqlDriverAdapter> {
  const { PrismaBetterSqlite3 } = await import('@prisma/adapter-better-sqlite3');
  const adapter = await new PrismaBetterSqlite3({ url: path }).connect();
  onTestFinished(() => adapter.dispose());
  return adapter;
}
