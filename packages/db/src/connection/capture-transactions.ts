import type { AsyncLocalStorage } from 'node:async_hooks';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { isSheafError } from '@sheaf/core';
import type pg from 'pg';
import { toActingError } from './acting-postgresql.ts';
import type { PostgresqlTarget } from './database-url.ts';
import { lendConnection } from './lent-connection.ts';
import { toPostgresqlError } from './postgresql-errors.ts';
import type { TransactionIsolation, TransactionOptions } from './transaction-options.ts';
import { createTransactionState, type TransactionState } from './transaction-state.ts';

/** What a call asks of the transaction that Prisma opens for it, and what it gets. */
export interface Slot {
  readonly isolation: TransactionOptions['isolation'];
  readonly isReadOnly: boolean;
  /** Gives the transaction its role and its workspace; undefined where it acts as the login. */
  readonly acting: string | undefined;
  opened?: { readonly client: pg.PoolClient; readonly state: TransactionState };
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
  return settings.length === 0 ? '' : `SET TRANSACTION ${settings.join(', ')}`;
}

export interface CaptureOptions {
  readonly pool: pg.Pool;
  readonly target: PostgresqlTarget;
  readonly opening: AsyncLocalStorage<Slot>;
  /** Of a client that acts for one workspace or role in all that it does; undefined where the slot says it. */
  readonly acting: string | undefined;
}

/**
 * Prisma's adapter over our pool, telling the slot of the current call which connection its transaction uses, giving the
 * transaction what it is to be and whom it acts for, letting the client's statements in it take turns with those of the
 * SQL port, and letting none come after its end.
 */
export function captureTransactions({ pool, target, opening, acting }: CaptureOptions): SqlDriverAdapterFactory {
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
        const own = transaction as unknown as { client: pg.PoolClient };
        const { client: pooled } = own;
        const client = lendConnection(pooled);
        own.client = client;
        // A client of a workspace acts for it alone, and a slot is for one transaction: another one may begin inside it.
        const store = acting === undefined ? opening.getStore() : undefined;
        const slot = store?.opened ? undefined : store;
        try {
          const settings = slot ? [settingsOf(slot), slot.acting ?? ''] : [acting ?? ''];
          const statements = [...settings, discardOldPlans(pooled)].filter((text) => text !== '');
          // One round trip, or none.
          if (statements.length > 0) await client.query(statements.join(';'));
        } catch (error) {
          // The adapter's rollback only gives the connection back.
          await client.query('ROLLBACK').catch(() => {});
          await transaction.rollback();
          throw toActingError(error, label);
        }
        // Prisma's own `$transaction` fails and commits as it does anywhere.
        if (slot === undefined) return transaction;
        slot.opened = { client, state: shareState(transaction, label) };
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
  return 'DISCARD PLANS';
}
