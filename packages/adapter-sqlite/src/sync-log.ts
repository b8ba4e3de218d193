import { open } from 'node:fs/promises';

/**
 * Syncs the write-ahead log of a database file. What was committed is in it, or was synced into the database before
 * it left the log.
 */
export async function syncLog(path: string): Promise<void> {
  // Closing a file gives up the locks that the process has on it; SQLite has none on the log.
  const log = await open(`${path}-wal`, 'r+').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (log === undefined) return;
  try {
    await log.sync();
  } finally {
    await log.close();
  }
}
