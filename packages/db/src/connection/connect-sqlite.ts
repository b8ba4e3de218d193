import { AsyncLocalStorage } from 'node:async_hooks';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createPrismaSqlite, openSqlite, type SqliteDatabase, type SqliteTransaction } from '@sheaf/adapter-sqlite';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor } from '../sql/executor.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { rawSql } from '../sql/statement.ts';
import type { Connection, ConnectOptions, PrismaClientPort } from './connection.ts';
import type { SqliteTarget } from './database-url.ts';
import { runTransaction, type TransactionHost } from './run-transaction.ts';
import { createSqliteDriver, createSqliteTransactionDriver, readingTarget } from './sqlite-driver.ts';
import { isSqliteError, toSqliteError } from './sqlite-errors.ts';
import { createSqliteTransactionState, withState } from './sqlite-transaction-state.ts';
import type { TransactionOptions } from './transaction-options.ts';
import type { TransactionState } from './transaction-state.ts';

/** What a call asks of the transaction that Prisma opens for it, and what it gets. */
interface Slot {
  readonly isReadOnly: TransactionOptions['isReadOnly'];
  readonly signal: AbortSignal;
  transaction?: SqliteTransaction;
  state?: TransactionState;
}

export async function connectSqlite<Client extends PrismaClientPort>(
  { path }: SqliteTarget,
  options: ConnectOptions<Client>,
): Promise<Connection<Client>> {
  const { onStatement, transactionTimeoutMs = 60_000 } = options;
  const database = open(path, options);
  // Prisma opens the transaction and hands its callback a client, but not the driver's transaction underneath;
  // the store carries that one from the adapter to the call that asked for it.
  const opening = new AsyncLocalStorage<Slot>();
  const client = options.clients.sqlite(
    createPrismaSqlite(database, {
      async begin() {
        const slot = opening.getStore();
        const { isReadOnly: isReadonly = false, signal } = slot ?? {};
        const transaction = await database.begin({ isReadonly, signal });
        // Prisma's own `$transaction` fails and commits as it does anywhere.
        if (slot === undefined) return transaction;
        slot.state = createSqliteTransactionState(path);
        slot.transaction = withState(transaction, slot.state);
        return slot.transaction;
      },
    }),
  );
  const host: TransactionHost<Client> = {
    async begin(work, { isReadOnly, signal, backstopMs }) {
      const slot: Slot = { isReadOnly, signal };
      try {
        return await opening.run(slot, () =>
          client.$transaction(
            (transactionClient: Client) => {
              const { transaction: target, state } = slot;
              if (!target || !state) throw new Error('The Prisma client did not open its transaction on this adapter.');
              const driver = createSqliteTransactionDriver({ target, state, path, onStatement, isReadOnly });
              // Nothing runs while others do: SQLite's statements end before they give way.
              return work({ driver, client: transactionClient, cancel: async () => {} });
            },
            { timeout: backstopMs, maxWait: transactionTimeoutMs },
          ),
        );
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, { path, isReadOnly, signal }) : error;
      }
    },
  };
  let closing: Promise<void> | undefined;
  const connection: Connection<Client> = {
    provider: 'sqlite',
    label: path,
    bytesFolder: path === ':memory:' ? undefined : `${path}-bytes`,
    sql: createSqlExecutor(createSqliteDriver({ target: database, path, onStatement })),
    client,
    transaction: (work, transactionOptions) =>
      runTransaction(host, work, { timeoutMs: transactionTimeoutMs, ...transactionOptions }),
    async snapshot(work) {
      try {
        return await database.snapshot((snapshot) => {
          const target = readingTarget(snapshot);
          return work(createSqlExecutor(createSqliteDriver({ target, path, onStatement, isReadOnly: true })));
        });
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, { path, isReadOnly: true }) : error;
      }
    },
    flush: () =>
      database.sync().catch((error: unknown) => {
        throw toSqliteError(error, { path });
      }),
    copyTo: (copy) =>
      database.copyTo(copy).catch((error: unknown) => {
        throw isSqliteError(error) ? toSqliteError(error, { path: copy.file }) : error;
      }),
    async runScript(work) {
      try {
        await database.withoutForeignKeys((target) =>
          work({
            sql: createSqlExecutor(createSqliteDriver({ target, path, onStatement })),
            async exec(script) {
              for (const { text } of splitStatements(script, 'sqlite')) {
                await target.exec(text).catch((error: unknown) => {
                  throw toSqliteError(error, { path, statement: rawSql(text) });
                });
              }
            },
          }),
        );
      } catch (error) {
        throw isSqliteError(error) ? toSqliteError(error, { path }) : error;
      }
    },
    close() {
      closing ??= client.$disconnect().then(() => database.close());
      return closing;
    },
    forWorkspace: () => connection,
    as: () => connection,
  };
  return connection;
}

const NAME_A_FILE = 'Name the file that holds the database, or is to hold it.';

function open<Client extends PrismaClientPort>(path: string, { sqlite }: ConnectOptions<Client>): SqliteDatabase {
  try {
    if (path !== ':memory:' && !existsSync(path)) prepareFolder(dirname(path));
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
    throw toSqliteError(error, { path });
  }
}

/** For a database that is to be made. Another process may have made the folder, and not yet synced its name. */
function prepareFolder(folder: string): void {
  makeFolder(folder);
  syncFolder(dirname(folder));
}

/** One folder at a time: with `recursive`, Node never returns where the file system answers ENOENT, as below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
    syncFolder(dirname(folder));
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A new name lasts once the folder that has it is synced. */
function syncFolder(folder: string): void {
  // Windows cannot open a folder as a file, and needs no sync of it.
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
