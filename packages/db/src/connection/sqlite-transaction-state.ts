import type { SqliteStream, SqliteTransaction } from '@sheaf/adapter-sqlite';
import { toSqliteError } from './sqlite-errors.ts';
import { createTransactionState, isRecovery, type TransactionState } from './transaction-state.ts';

/** The state of a transaction. better-sqlite3 refuses some statements before SQLite sees them: those do no harm. */
export function createSqliteTransactionState(path: string): TransactionState {
  return createTransactionState((error) => {
    const { code } = error as { readonly code?: unknown };
    return typeof code === 'string' && code.includes('SQLITE_') ? toSqliteError(error, { path }) : undefined;
  });
}

/** A transaction all of whose statements, the Prisma client's as well, heed a state. */
export function withState(transaction: SqliteTransaction, state: TransactionState): SqliteTransaction {
  return {
    run: (sql, args) => state.run(() => transaction.run(sql, args), { isRecovery: isRecovery(sql) }),
    all: (sql, args, options) => state.run(() => transaction.all(sql, args, options), { isRecovery: isRecovery(sql) }),
    exec: (script) => state.run(() => transaction.exec(script), { isRecovery: isRecovery(script) }),
    iterate: (sql, args) => streamWithState(transaction.iterate(sql, args), state),
    commit: () => transaction.commit(),
    rollback: () => transaction.rollback(),
    get isOpen() {
      return transaction.isOpen;
    },
  };
}

/** Its rows are no statements: others may run between them. */
function streamWithState(stream: SqliteStream, state: TransactionState): SqliteStream {
  return {
    get columns() {
      return stream.columns;
    },
    get declaredTypes() {
      return stream.declaredTypes;
    },
    async *[Symbol.asyncIterator]() {
      state.assertSound();
      try {
        yield* stream;
      } catch (error) {
        await state.run(() => Promise.reject(error));
      }
    },
  };
}
