import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createPrismaSqlite, openSqlite, type SqliteDatabase, type SqliteTransaction } from '@sheaf/adapter-sqlite';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor } from '../sql/executor.ts';
import type { Connection, ConnectOptions, PrismaClientPort } from './connection.ts';
import type { SqliteTarget } from './database-url.ts';
import { createTransactionSession, type TransactionSession } from './session.ts';
import { createSqliteDriver } from './sqlite-driver.ts';
import { isSqliteError, toSqliteError } from './sqlite-errors.ts';

export async function connectSqlite<Client extends PrismaClientPort>(
  { path }: SqliteTarget,
  options: ConnectOptions<Client>,
): Promise<Connection<Client>> {
  const { onStatement, transactionTimeoutMs = 60_000 } = options;
  const database = open(path, options);
  // Prisma opens the transaction and hands its callback a client, but not the driver's transaction underneath;
  // the store carries that one from the adapter to the call that asked for it.
  const opened = new AsyncLocalStorage<{ transaction?: SqliteTransaction }>();
  const client = options.clients.sqlite(
    createPrismaSqlite(database, {
      onTransaction: (transaction) => {
        const slot = opened.getStore();
        if (slot) slot.transaction = transaction;
      },
    }),
  );
  const driverFor = (target: SqliteDatabase | SqliteTransaction) => createSqliteDriver({ target, path, onStatement });
  let closing: Promise<void> | undefined;
  return {
    provider: 'sqlite',
    label: path,
    bytesFolder: path === ':memory:' ? undefined : `${path}-bytes`,
    sql: createSqlExecutor(driverFor(database)),
    client,
    isInTransaction: false,
    async transaction(work, { timeoutMs = transactionTimeoutMs } = {}) {
      const slot: { transaction?: SqliteTransaction } = {};
      try {
        return await opened.run(slot, () =>
          client.$transaction(
            async (transactionClient: Client) => {
              if (!slot.transaction) throw new Error('The Prisma client did not open its transaction on this adapter.');
              const session: TransactionSession<Client> = createTransactionSession(
                driverFor(slot.transaction),
                transactionClient,
              );
              try {
                return await work(session);
              } finally {
                session.end();
              }
            },
            { timeout: timeoutMs, maxWait: transactionTimeoutMs },
          ),
        );
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, path) : error;
      }
    },
    async snapshot(work) {
      try {
        return await database.snapshot((snapshot) => {
          const reader = { ...snapshot, run: refuseToWrite };
          return work(createSqlExecutor(createSqliteDriver({ target: reader, path, onStatement })));
        });
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, path) : error;
      }
    },
    async runScript(work) {
      try {
        await database.withoutForeignKeys((transaction) =>
          work({
            sql: createSqlExecutor(driverFor(transaction)),
            exec: (script) =>
              transaction.exec(script).catch((error: unknown) => {
                throw toSqliteError(error, path);
              }),
          }),
        );
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, path) : error;
      }
    },
    close() {
      closing ??= client.$disconnect().then(() => database.close());
      return closing;
    },
  };
}

const NAME_A_FILE = 'Name the file that holds the database, or is to hold it.';

function open<Client extends PrismaClientPort>(path: string, { sqlite }: ConnectOptions<Client>): SqliteDatabase {
  try {
    if (path !== ':memory:') makeFolder(dirname(path));
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      throw dbErrors.create('not-writable', { target: path, reason: 'it is a folder' }, { hint: NAME_A_FILE });
    }
    return openSqlite({
      path,
      ...(sqlite?.synchronous === undefined ? {} : { synchronous: sqlite.synchronous }),
      ...(sqlite?.busyTimeoutMs === undefined ? {} : { busyTimeout: sqlite.busyTimeoutMs }),
      ...(sqlite?.pragmas === undefined ? {} : { pragmas: sqlite.pragmas }),
    });
  } catch (error) {
    throw toSqliteError(error, path);
  }
}

async function refuseToWrite(): Promise<never> {
  throw new Error('A snapshot only reads.');
}

/** One folder at a time: with `recursive`, Node never returns where the file system answers ENOENT, as below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
