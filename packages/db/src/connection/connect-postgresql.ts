import { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor, type SqlDriver } from '../sql/executor.ts';
import { rawSql } from '../sql/statement.ts';
import type { Connection, ConnectOptions, PrismaClientPort } from './connection.ts';
import type { PostgresqlTarget } from './database-url.ts';
import { createPostgresqlDriver } from './postgresql-driver.ts';
import { isPostgresqlError, toPostgresqlError } from './postgresql-errors.ts';
import { createTransactionSession } from './session.ts';

interface Slot {
  client?: pg.PoolClient;
}

export async function connectPostgresql<Client extends PrismaClientPort>(
  target: PostgresqlTarget,
  options: ConnectOptions<Client>,
): Promise<Connection<Client>> {
  const { onStatement, transactionTimeoutMs = 60_000 } = options;
  const { label } = target;
  const pool = createPool(target, options);
  const opened = new AsyncLocalStorage<Slot>();
  const client = options.clients.postgresql(captureTransactions(pool, target.schema, opened));
  const driverFor = (pgClient: pg.Pool | pg.PoolClient): SqlDriver =>
    createPostgresqlDriver({ client: pgClient, label, onStatement });
  const driver = driverFor(pool);
  try {
    await driver.execute(rawSql('SELECT 1'));
  } catch (error) {
    await pool.end().catch(() => {});
    throw unreachable(error, label);
  }
  let closing: Promise<void> | undefined;
  return {
    provider: 'postgresql',
    label,
    bytesFolder: undefined,
    sql: createSqlExecutor(driver),
    client,
    isInTransaction: false,
    async transaction(work, { timeoutMs = transactionTimeoutMs } = {}) {
      const slot: Slot = {};
      try {
        return await opened.run(slot, () =>
          client.$transaction(
            async (transactionClient: Client) => {
              if (!slot.client) throw new Error('The Prisma client did not open its transaction on this adapter.');
              const session = createTransactionSession(driverFor(slot.client), transactionClient);
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
        throw isPostgresqlError(error) ? toPostgresqlError(error, { label }) : error;
      }
    },
    async snapshot(work) {
      const pgClient = await pool.connect().catch((error: unknown) => {
        throw toPostgresqlError(error, { label });
      });
      try {
        await pgClient.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
        return await work(createSqlExecutor(driverFor(pgClient)));
      } catch (error) {
        throw isPostgresqlError(error) ? toPostgresqlError(error, { label }) : error;
      } finally {
        await pgClient.query('ROLLBACK').catch(() => {});
        pgClient.release();
      }
    },
    async runScript(work) {
      const pgClient = await pool.connect().catch((error: unknown) => {
        throw toPostgresqlError(error, { label });
      });
      try {
        await pgClient.query('BEGIN');
        await work({
          sql: createSqlExecutor(driverFor(pgClient)),
          exec: async (script) => {
            await pgClient.query(script).catch((error: unknown) => {
              throw toPostgresqlError(error, { label });
            });
          },
        });
        await pgClient.query('COMMIT');
      } catch (error) {
        await pgClient.query('ROLLBACK').catch(() => {});
        throw isPostgresqlError(error) ? toPostgresqlError(error, { label }) : error;
      } finally {
        pgClient.release();
      }
    },
    close() {
      closing ??= client.$disconnect().then(() => pool.end());
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
  return pool;
}

/** Prisma's adapter over our pool, telling the slot of the current call which connection its transaction uses. */
function captureTransactions(pool: pg.Pool, schema: string, opened: AsyncLocalStorage<Slot>): SqlDriverAdapterFactory {
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
        await discardOldPlans(client);
        const slot = opened.getStore();
        if (slot) slot.client = client;
        return transaction;
      };
      return adapter;
    },
  };
}

/** Milliseconds that a connection keeps the plans it has made. */
const PLAN_LIFETIME_MS = 1_000;
const plansDiscardedAt = new WeakMap<pg.PoolClient, number>();

/**
 * PostgreSQL plans a foreign-key check once per connection. A plan made while the tables were empty reads the whole
 * workspace for every row ever after: without this, a first map slows down from thousands of rows a second to hundreds.
 */
async function discardOldPlans(client: pg.PoolClient): Promise<void> {
  const now = performance.now();
  if (now - (plansDiscardedAt.get(client) ?? Number.NEGATIVE_INFINITY) < PLAN_LIFETIME_MS) return;
  plansDiscardedAt.set(client, now);
  await client.query('DISCARD PLANS');
}

/** Before the first statement, whatever the server says is about the connection: its settings, TLS, the role. */
function unreachable(cause: unknown, target: string): unknown {
  const { code, details } = cause as { readonly code?: string; readonly details?: { readonly reason?: unknown } };
  if (code !== 'db.query-failed') return cause;
  return dbErrors.create('connection-failed', { target, reason: String(details?.reason) }, { cause });
}
