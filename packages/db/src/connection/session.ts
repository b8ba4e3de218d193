import { dbErrors } from '../errors.ts';
import { createSqlExecutor, type SqlDriver } from '../sql/executor.ts';
import { rawSql } from '../sql/statement.ts';
import type { Session } from './connection.ts';

/** A session inside an open transaction. Nested `transaction` calls become savepoints. */
export interface TransactionSession<Client> extends Session<Client> {
  /** Refuses all further use. */
  end(): void;
}

export function createTransactionSession<Client>(driver: SqlDriver, client: Client): TransactionSession<Client> {
  let hasEnded = false;
  let depth = 0;
  const guarded: SqlDriver = {
    dialect: driver.dialect,
    all: async (statement) => {
      if (hasEnded) throw dbErrors.create('transaction-ended', {});
      return driver.all(statement);
    },
    execute: async (statement) => {
      if (hasEnded) throw dbErrors.create('transaction-ended', {});
      return driver.execute(statement);
    },
  };
  const session: TransactionSession<Client> = {
    sql: createSqlExecutor(guarded),
    client,
    isInTransaction: true,
    async transaction(work) {
      depth += 1;
      const savepoint = `sheaf_${depth}`;
      try {
        await guarded.execute(rawSql(`SAVEPOINT ${savepoint}`));
        const result = await work(session);
        await guarded.execute(rawSql(`RELEASE SAVEPOINT ${savepoint}`));
        return result;
      } catch (error) {
        if (!hasEnded) {
          await guarded.execute(rawSql(`ROLLBACK TO SAVEPOINT ${savepoint}`)).catch(() => {});
          await guarded.execute(rawSql(`RELEASE SAVEPOINT ${savepoint}`)).catch(() => {});
        }
        throw error;
      } finally {
        depth -= 1;
      }
    },
    snapshot: (work) => work(session.sql),
    end() {
      hasEnded = true;
    },
  };
  return session;
}
