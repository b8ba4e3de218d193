import type { SqlDriverAdapter, SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import type pg from 'pg';
import { dbErrors } from '../errors.ts';
import { lendConnection } from './lent-connection.ts';
import { toPostgresqlError } from './postgresql-errors.ts';
import { borrowConnection, type Result } from './postgresql-statements.ts';

/** SQLSTATEs of a role that does not exist, and of one that the login may not take. */
const NO_ROLE = new Set(['22023', '42501']);

export interface TransactionOfOptions {
  readonly pool: pg.Pool;
  /** Names the database in errors. */
  readonly label: string;
  /** Gives the transaction its role and its workspace, see `actingStatement`; absent: it acts as the login. */
  readonly acting?: string | undefined;
  /** What follows BEGIN. */
  readonly mode?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` in a transaction of its own. A connection that may still act for somebody is never used again. */
export async function inTransactionOf<T>(
  { pool, label, acting = '', mode = '', signal }: TransactionOfOptions,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const failed = (error: unknown): never => {
    throw toPostgresqlError(error, { label, signal });
  };
  const { client: pooled, release } = await borrowConnection(pool, signal).catch(failed);
  const client = lendConnection(pooled);
  try {
    // One round trip.
    await client.query(`BEGIN ${mode};${acting}`).catch((error: unknown) => {
      throw toActingError(error, label);
    });
    const result = await work(client);
    await client.query('COMMIT').catch(failed);
    // A cancellation may come late, and would hit the next statement.
    release(signal?.aborted);
    return result;
  } catch (error) {
    await client.query('ROLLBACK').then(
      () => release(signal?.aborted),
      () => release(true),
    );
    throw error;
  }
}

/**
 * Sends one statement in a transaction of its own, in a single round trip: after a statement that failed PostgreSQL does
 * nothing more, and takes COMMIT for ROLLBACK.
 */
export async function sendInTransaction(
  { pool, label, acting = '' }: Pick<TransactionOfOptions, 'pool' | 'label' | 'acting'>,
  statement: pg.QueryArrayConfig,
): Promise<Result> {
  const { client, release } = await borrowConnection(pool);
  const [begun, answered, ended] = await Promise.allSettled([
    client.query(`BEGIN;${acting}`),
    client.query(statement),
    client.query('COMMIT'),
  ]);
  release(ended.status === 'rejected');
  if (begun.status === 'rejected') throw toActingError(begun.reason, label);
  if (answered.status === 'rejected') throw answered.reason;
  if (ended.status === 'rejected') throw ended.reason;
  return answered.value;
}

/** The role is all that the statement can fail for, as long as there is a connection. */
export function toActingError(error: unknown, target: string): unknown {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  if (code === undefined || !NO_ROLE.has(code)) return toPostgresqlError(error, { label: target });
  return dbErrors.create('not-isolated', { target, reason: message }, { cause: error });
}

/**
 * Prisma's adapter for one workspace or role: what Prisma sends outside a transaction becomes a transaction too. `factory`
 * opens transactions that act already.
 *
 * A client of its own for each workspace is the only sound way: Prisma gathers look-ups of one turn of the event loop
 * into one statement, whoever asked.
 */
export function createActingAdapter(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter: SqlDriverAdapter = await factory.connect();
      const inTransaction = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
        const transaction = await adapter.startTransaction();
        try {
          const result = await work(transaction);
          await transaction.executeRaw({ sql: 'COMMIT', args: [], argTypes: [] });
          await transaction.commit();
          return result;
        } catch (error) {
          await transaction.executeRaw({ sql: 'ROLLBACK', args: [], argTypes: [] }).catch(() => {});
          await transaction.rollback();
          throw error;
        }
      };
      adapter.queryRaw = (query) => inTransaction((transaction) => transaction.queryRaw(query));
      adapter.executeRaw = (query) => inTransaction((transaction) => transaction.executeRaw(query));
      adapter.executeScript = async () => {
        throw new Error('A workspace runs no scripts.');
      };
      return adapter;
    },
  };
}
