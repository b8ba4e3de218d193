import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor } from '../sql/executor.ts';
import { splitStatements } from '../sql/split-statements.ts';
import { rawSql } from '../sql/statement.ts';
import { actingStatement } from './acting.ts';
import { createActingAdapter, inTransactionOf } from './acting-postgresql.ts';
import { captureTransactions, type Slot } from './capture-transactions.ts';
import type { Connection, ConnectOptions, PrismaClientPort, Session } from './connection.ts';
import type { PostgresqlTarget } from './database-url.ts';
import { cancelStatement } from './postgresql-cancel.ts';
import { createPoolDriver, createPostgresqlTransactionDriver, createSnapshotDriver } from './postgresql-driver.ts';
import { isPostgresqlError, toPostgresqlError } from './postgresql-errors.ts';
import { runTransaction, type TransactionHost } from './run-transaction.ts';

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
              const { opened } = slot;
              if (!opened) throw new Error('The Prisma client did not open its transaction on this adapter.');
              const { client: pgClient, state } = opened;
              return work({
                driver: createPostgresqlTransactionDriver({ ...driverOptions, ...opened }),
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
    // Statements do not wait for the answer to the one before, see `sendInTransaction`.
    pipeline: true,
  });
  // An idle connection that breaks is dropped from the pool; the next statement opens another.
  pool.on('error', () => {});
  // Each Prisma client listens as well, and every workspace may have one.
  pool.setMaxListeners(0);
  return pool;
}

/** Before the first statement, whatever the server says is about the connection: its settings, TLS, the role. */
function unreachable(cause: unknown, target: string): unknown {
  const { code, cause: original } = cause as { readonly code?: string; readonly cause?: unknown };
  if (code !== 'db.query-failed' || !(original instanceof Error)) return cause;
  // Nothing has been bound to a statement yet: what the server repeats is a setting.
  return dbErrors.create('connection-failed', { target, reason: original.message }, { cause });
}
