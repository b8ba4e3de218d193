import { setTimeout as sleep } from 'node:timers/promises';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

export interface LockableAdapterOptions {
  /** Opens a connection that waits for locks of others for so long, in milliseconds. */
  readonly open: (busyTimeout: number) => Promise<SqlDriverAdapter>;
  /** How long to wait for another migration to end, in milliseconds; Prisma waits as long on PostgreSQL. */
  readonly patience: number;
}

/** With what the engine locks a database before it migrates it. */
const lockStatement = /^\s*PRAGMA\s+(main\.)?locking_mode\s*=\s*EXCLUSIVE\b/i;

/**
 * In exclusive mode a connection keeps every lock that it once had, so two migrations at once that switch it on and
 * then read would stand in each other's way for ever. Here the lock is there before the mode is.
 * The second transaction is for a database in WAL mode, where the first one does not take the lock of the whole file.
 */
const takeLock = 'BEGIN EXCLUSIVE; PRAGMA main.locking_mode = EXCLUSIVE; COMMIT; BEGIN EXCLUSIVE; COMMIT;';

/**
 * A connection that waits for its turn when the engine wants the database for itself. Whoever waits closes its
 * connection meanwhile, since in WAL mode an open one is enough to keep others from locking the file.
 */
export async function openLockableAdapter({ open, patience }: LockableAdapterOptions): Promise<SqlDriverAdapter> {
  let current = await open(patience);

  const lock = async (): Promise<void> => {
    const end = performance.now() + patience;
    for (;;) {
      await current.dispose();
      try {
        current = await open(100);
        return await current.executeScript(takeLock);
      } catch (error) {
        if (!isDriverAdapterError(error) || error.cause.kind !== 'SocketTimeout' || performance.now() > end)
          throw error;
      }
      await current.dispose();
      await sleep(50 + 100 * Math.random());
    }
  };

  return {
    provider: current.provider,
    adapterName: current.adapterName,
    queryRaw: (query) => current.queryRaw(query),
    async executeRaw(query) {
      if (!lockStatement.test(query.sql)) return current.executeRaw(query);
      await lock();
      return 0;
    },
    executeScript: (script) => current.executeScript(script),
    startTransaction: (isolationLevel) => current.startTransaction(isolationLevel),
    getConnectionInfo: () => current.getConnectionInfo?.() ?? { supportsRelationJoins: false },
    dispose: () => current.dispose(),
  };
}
