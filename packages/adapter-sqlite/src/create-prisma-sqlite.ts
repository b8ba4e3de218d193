import {
  type ConnectionInfo,
  DriverAdapterError,
  type IsolationLevel,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlQueryable,
  type Transaction,
} from '@prisma/driver-adapter-utils';
import { mapSqliteError } from './map-sqlite-error.ts';
import { toArguments, toPrismaResult } from './prisma-conversion.ts';
import { openSqlite, type SqliteDatabase } from './sqlite-database.ts';
import type { SqliteOptions } from './sqlite-options.ts';
import type { SqliteTransaction } from './sqlite-transaction.ts';

/** How the adapter takes part in what goes on around it. */
export interface PrismaSqliteOptions {
  /**
   * Called right after a transaction has begun, in the async context of the call that asked for it, so that SQL of
   * one's own can join it. Not to be ended by the callee. If it throws, the transaction is rolled back.
   */
  readonly onTransaction?: (transaction: SqliteTransaction) => void;
  /**
   * Begins the transactions, in the async context of the call that asked for one, where that is to be done with options;
   * default `database.begin()`.
   */
  readonly begin?: () => Promise<SqliteTransaction>;
}

const INFO = { provider: 'sqlite', adapterName: '@sheaf/adapter-sqlite' } as const;

/** SQLite's own limit; without it Prisma's client splits lists at 999. */
const MAX_BIND_VALUES = 32_766;

/**
 * The driver adapter for `new PrismaClient({ adapter })` and for Prisma's schema engine.
 *
 * Given a database, the client works on it and leaves it open when it disconnects. Given options, each client opens
 * a database of its own and closes it. Shadow databases are in memory.
 *
 * @example
 * const prisma = new PrismaClient({ adapter: createPrismaSqlite({ path: 'app.db' }) });
 */
export function createPrismaSqlite(
  database: SqliteDatabase | SqliteOptions,
  options: PrismaSqliteOptions = {},
): SqlMigrationAwareDriverAdapterFactory {
  return {
    ...INFO,
    connect: () =>
      mapped(() =>
        'begin' in database
          ? createAdapter(database, options, async () => {})
          : createOwningAdapter(openSqlite(database), options),
      ),
    connectToShadowDb: () => mapped(() => createOwningAdapter(openSqlite({ path: ':memory:' }), {})),
  };
}

function createOwningAdapter(database: SqliteDatabase, options: PrismaSqliteOptions): SqlDriverAdapter {
  return createAdapter(database, options, () => database.close());
}

function createAdapter(
  database: SqliteDatabase,
  { onTransaction, begin = () => database.begin() }: PrismaSqliteOptions,
  dispose: () => Promise<void>,
): SqlDriverAdapter {
  return {
    ...createQueryable(database),
    executeScript: (script) => mapped(() => database.exec(script)),
    startTransaction: (isolationLevel) =>
      mapped(async () => {
        assertIsolationLevel(isolationLevel);
        const transaction = await begin();
        try {
          onTransaction?.(transaction);
        } catch (error) {
          await transaction.rollback();
          throw error;
        }
        return createPrismaTransaction(transaction);
      }),
    getConnectionInfo: (): ConnectionInfo => ({ supportsRelationJoins: false, maxBindValues: MAX_BIND_VALUES }),
    dispose: () => mapped(dispose),
  };
}

function createPrismaTransaction(transaction: SqliteTransaction): Transaction {
  const savepoint = (sql: string, name: string): Promise<void> =>
    mapped(() => transaction.exec(`${sql} "${name.replaceAll('"', '""')}"`));
  return {
    ...createQueryable(transaction),
    // With a "phantom" query the client only logs COMMIT and leaves it to commit(), which can then fail properly.
    options: { usePhantomQuery: true },
    commit: () => mapped(() => transaction.commit()),
    rollback: () => mapped(() => transaction.rollback()),
    createSavepoint: (name) => savepoint('SAVEPOINT', name),
    rollbackToSavepoint: (name) => savepoint('ROLLBACK TO', name),
    releaseSavepoint: (name) => savepoint('RELEASE', name),
  };
}

function createQueryable(target: Pick<SqliteTransaction, 'run' | 'all' | 'exec'>): SqlQueryable {
  return {
    ...INFO,
    queryRaw: ({ sql, args, argTypes }: SqlQuery) =>
      mapped(async () => toPrismaResult(await target.all(sql, toArguments(args, argTypes), { integers: 'bigint' }))),
    executeRaw: ({ sql, args, argTypes }: SqlQuery) =>
      mapped(async () => {
        try {
          return (await target.run(sql, toArguments(args, argTypes))).changes;
        } catch (error) {
          if (args.length > 0 || !isScript(error)) throw error;
          // The schema engine sends whole migrations here. Nothing of it has run: it was refused when prepared.
          await target.exec(sql);
          return 0;
        }
      }),
  };
}

/** better-sqlite3 has no code for this refusal, so its wording decides; so it does for text without a statement. */
function isScript(error: unknown): boolean {
  return error instanceof RangeError && /contains (more than one statement|no statements)/.test(error.message);
}

function assertIsolationLevel(level: IsolationLevel | undefined): void {
  if (level === undefined || level === 'SERIALIZABLE') return;
  throw new DriverAdapterError({ kind: 'InvalidIsolationLevel', level });
}

async function mapped<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapSqliteError(error);
  }
}
