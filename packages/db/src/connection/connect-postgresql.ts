import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { isSheafError } from '@sheaf/core';
import pg from 'pg';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor } from '../sql/executor.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { rawSql } from '../sql/statement.ts';
import { actingStatement } from './acting.ts';
import { createActingAdapter, inTransactionOf, toActingError } from './acting-postgresql.ts';
import type { Connection, ConnectOptions, PrismaClientPort, Session } from './connection.ts';
import type { PostgresqlTarget } from './database-url.ts';
import { cancelStatement } from './postgresql-cancel.ts';
import { createPoolDriver, createPostgresqlTransactionDriver, createSnapshotDriver } from './postgresql-driver.ts';
import { isPostgresqlError, toPostgresqlError } from './postgresql-errors.ts';
import { runTransaction, type TransactionHost } from './run-transaction.ts';
import type { TransactionIsolation, TransactionOptions } from './transaction-options.ts';
import { createTransactionState, type TransactionState } from './transaction-state.ts';

/** What a call asks of the transaction that Prisma opens for it, and what it gets. */
interface Slot {
  readonly isolation: TransactionOptions['isolation'];
  readonly isReadOnly: boolean;
  /** Gives the transaction its role and its workspace; undefined where it acts as the login. */
  readonly acting: string | undefined;
  client?: pg.PoolClient;
  state?: TransactionState;
}

export async function connectPostgresql<Client extends PrismaClientPort>(
  target: PostgresqlTarget,
  options: ConnectOptions<Client>,
): Promise<Connection<Client>> {
  const { onStatement, transactionTimeoutMs = 60_000 } = options;
  const { label } = target;
  const pool = createPool(target, options);
  const opening = new AsyncLocalStorage<Slot>();
  const clientFor = (acting?: string): Client => {
    const factory = captureTransactions({ pool, target, opening, acting });
    return options.clients.postgresql(acting === undefined ? factory : createActingAdapter(factory));
  };
  const client = clientFor();
  const driverOptions = { label, onStatement };
  const driver = createPoolDriver(pool, driverOptions);
  try {
    await driver.execute(rawSql('SELECT 1'));
  } catch (error) {
    await pool.end().catch(() => {});
    throw unreachable(error, label);
  }
  const hostFor = (acting: string | undefined): TransactionHost<Client> => ({
    async begin(work, { isolation, isReadOnly = false, signal, backstopMs }) {
      const slot: Slot = { isolation, isReadOnly, acting };
      try {
        return await opening.run(slot, () =>
          client.$transaction(
            (transactionClient: Client) => {
              const { client: pgClient, state } = slot;
              if (!pgClient || !state)
                throw new Error('The Prisma client did not open its transaction on this adapter.');
              return work({
                driver: createPostgresqlTransactionDriver({ ...driverOptions, client: pgClient, state }),
                client: transactionClient,
                async cancel() {
                  if (state.isBusy) await cancelStatement(pgClient, state.idle());
                },
              });
            },
            { timeout: backstopMs, maxWait: transactionTimeoutMs },
          ),
        );
      } catch (error) {
        throw isPostgresqlError(error) ? toPostgresqlError(error, { label, signal }) : error;
      }
    },
  });
  const clients = new Set<PrismaClientPort>([client]);
  let closing: Promise<void> | undefined;

  const sessionOf = (acting?: string): Session<Client> => {
    let ownClient = acting === undefined ? client : undefined;
    return {
      sql: createSqlExecutor(createPoolDriver(pool, { ...driverOptions, acting })),
      get client() {
        if (!ownClient) {
          ownClient = clientFor(acting);
          clients.add(ownClient);
        }
        return ownClient;
      },
      isInTransaction: false,
      transaction: (work, transactionOptions) =>
        runTransaction(hostFor(acting), work, { timeoutMs: transactionTimeoutMs, ...transactionOptions }),
      snapshot: (work) =>
        inTransactionOf({ pool, label, acting, mode: 'ISOLATION LEVEL REPEATABLE READ READ ONLY' }, (pgClient) =>
          work(createSqlExecutor(createSnapshotDriver(pgClient, driverOptions))),
        ),
      // A commit is acknowledged when it is on the disk, unless the server is told otherwise.
      flush: async () => {},
    };
  };

  return {
    ...sessionOf(),
    provider: 'postgresql',
    label,
    bytesFolder: undefined,
    copyTo: undefined,
    forWorkspace: (workspaceId) => sessionOf(actingStatement({ workspaceId })),
    as: (role) => sessionOf(actingStatement({ role })),
    runScript: (work) =>
      inTransactionOf({ pool, label }, (pgClient) =>
        work({
          sql: createSqlExecutor(createSnapshotDriver(pgClient, driverOptions)),
          async exec(script) {
            for (const { text } of splitStatements(script, 'postgresql')) {
              await pgClient.query(text).catch((error: unknown) => {
                throw toPostgresqlError(error, { label, statement: rawSql(text) });
              });
            }
          },
        }),
      ),
    close() {
      closing ??= Promise.all([...clients].map((one) => one.$disconnect())).then(() => pool.end());
      return closing;
    },
  };
}

function createPool<Client extends PrismaClientPort>(
  { url, schema }: PostgresqlTarget,
  { pool: settings = {} }: ConnectOptions<Client>,
): pg.Pool {
  const connectionUrl = new URL(url);
  // `schema` is Prisma's; libpq's URLs do not know it.
  connectionUrl.searchParams.delete('schema');
  const pool = new pg.Pool({
    connectionString: connectionUrl.href,
    max: settings.max ?? 10,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: settings.idleTimeoutMs ?? 30_000,
    // Sessions run in UTC whatever the server's or the role's setting.
    options: `-c TimeZone=UTC${schema === 'public' ? '' : ` -c search_path="${schema.replaceAll(/[\\ ]/g, (character) => `\\${character}`)}"`}`,
    ...(settings.statementTimeoutMs === undefined ? {} : { statement_timeout: settings.statementTimeoutMs }),
    allowExitOnIdle: true,
  });
  // An idle connection that breaks is dropped from the pool; the next statement opens another.
  pool.on('error', () => {});
  // Each Prisma client listens as well, and every workspace may have one.
  pool.setMaxListeners(0);
  return pool;
}

const ISOLATION: Readonly<Record<TransactionIsolation, string>> = {
  'read-committed': 'READ COMMITTED',
  'repeatable-read': 'REPEATABLE READ',
  serializable: 'SERIALIZABLE',
};

/** What the transaction of a call is to be besides Prisma's BEGIN. */
function settingsOf({ isolation, isReadOnly }: Slot): string {
  const settings = [
    ...(isolation === undefined ? [] : [`ISOLATION LEVEL ${ISOLATION[isolation]}`]),
    ...(isReadOnly ? ['READ ONLY'] : []),
  ];
  return settings.length === 0 ? '' : `SET TRANSACTION ${settings.join(', ')};`;
}

interface CaptureOptions {
  readonly pool: pg.Pool;
  readonly target: PostgresqlTarget;
  readonly opening: AsyncLocalStorage<Slot>;
  /** Of a client that acts for one workspace or role in all that it does; undefined where the slot says it. */
  readonly acting: string | undefined;
}

/**
 * Prisma's adapter over our pool, telling the slot of the current call which connection its transaction uses, giving the
 * transaction what it is to be and whom it acts for, and letting the client's statements in it take turns with those of
 * the SQL port.
 */
function captureTransactions({ pool, target, opening, acting }: CaptureOptions): SqlDriverAdapterFactory {
  const { schema, label } = target;
  const factory = new PrismaPg(pool, { schema });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = await factory.connect();
      const start = adapter.startTransaction.bind(adapter);
      adapter.startTransaction = async (isolationLevel) => {
        const transaction = await start(isolationLevel);
        const { client } = transaction as unknown as { readonly client: pg.PoolClient };
        // A client of a workspace acts for it alone, and a slot is for one transaction: another one may begin inside it.
        const store = acting === undefined ? opening.getStore() : undefined;
        const slot = store?.client ? undefined : store;
        try {
          await prepareTransaction(client, slot ? `${settingsOf(slot)}${slot.acting ?? ''}` : acting);
        } catch (error) {
          // The adapter's rollback only gives the connection back.
          await client.query('ROLLBACK').catch(() => {});
          await transaction.rollback();
          throw toActingError(error, label);
        }
        // Prisma's own `$transaction` fails and commits as it does anywhere.
        if (slot === undefined) return transaction;
        slot.client = client;
        slot.state = shareState(transaction, label);
        return transaction;
      };
      return adapter;
    },
  };
}

/** Lets the Prisma client's statements heed a state; only COMMIT and ROLLBACK are always allowed. */
function shareState(transaction: Transaction, label: string): TransactionState {
  const state = createTransactionState((error) =>
    isSheafError(error) ? undefined : toPostgresqlError(error, { label }),
  );
  const execute = transaction.executeRaw.bind(transaction);
  const query = transaction.queryRaw.bind(transaction);
  transaction.queryRaw = (statement) => state.run(() => query(statement));
  transaction.executeRaw = (statement) =>
    state.run(() => execute(statement), { isRecovery: /^(?:COMMIT|ROLLBACK)\b/i.test(statement.sql) });
  return state;
}

/** Milliseconds that a connection keeps the plans it has made. */
const PLAN_LIFETIME_MS = 1_000;
const plansDiscardedAt = new WeakMap<pg.PoolClient, number>();

/**
 * PostgreSQL plans a foreign-key check once per connection. A plan made while the tables were empty reads the whole
 * workspace for every row ever after: without this, a first map slows down from thousands of rows a second to hundreds.
 */
function discardOldPlans(client: pg.PoolClient): string {
  const now = performance.now();
  if (now - (plansDiscardedAt.get(client) ?? Number.NEGATIVE_INFINITY) < PLAN_LIFETIME_MS) return '';
  plansDiscardedAt.set(client, now);
  return 'DISCARD PLANS;';
}

/** One round trip, or none. */
async function prepareTransaction(client: pg.PoolClient, settings = ''): Promise<void> {
  const statements = `${settings}${settings.endsWith(';') || settings === '' ? '' : ';'}${discardOldPlans(client)}`;
  if (statements !== '') await client.query(statements);
}

/** Before the first statement, whatever the server says is about the connection: its settings, TLS, the role. */
function unreachable(cause: unknown, target: string): unknown {
  const { code, cause: original } = cause as { readonly code?: string; readonly cause?: unknown };
  if (code !== 'db.query-failed' || !(original instanceof Error)) return cause;
  // Nothing has been bound to a statement yet: what the server repeats is a setting.
  return dbErrors.create('connection-failed', { target, reason: original.message }, { cause });
}
