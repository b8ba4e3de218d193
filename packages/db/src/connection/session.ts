import { AsyncLocalStorage } from 'node:async_hooks';
import { isSheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';
import { createSqlExecutor, type Row, type SqlDriver, type StatementOptions } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';
import type { Session } from './connection.ts';
import { assertNestable, type TransactionOptions } from './transaction-options.ts';
import type { TransactionState } from './transaction-state.ts';

/** What a driver gives for an open transaction. */
export interface TransactionDriver extends SqlDriver {
  readonly state: TransactionState;
  /** Runs a statement of the transaction's own, such as SAVEPOINT. */
  control(text: string): Promise<void>;
}

export interface TransactionSessionOptions<Client> {
  readonly driver: TransactionDriver;
  readonly client: Client;
  /** Those of the outermost transaction. */
  readonly options: TransactionOptions;
}

/** The work of a transaction. Its nested `transaction` calls become savepoints. */
export interface TransactionSession<Client> {
  /**
   * Does the work, and waits for nested transactions in it that nobody waited for.
   *
   * @throws what `work` throws; `db.transaction-failed` when it passed over the failure of a statement.
   */
  run<T>(work: (session: Session<Client>) => Promise<T>): Promise<T>;
  /** Refuses all further use, with a reason of its own or with `db.transaction-ended`. */
  end(reason?: Error): void;
}

/** A transaction or a savepoint in it. */
interface Level {
  readonly parent: Level | undefined;
  readonly depth: number;
  /** The nested transaction that is open. */
  nested: Promise<void> | undefined;
  hasEnded: boolean;
  /** Why, if it is not its end alone. */
  reason: Error | undefined;
}

/** The level whose work a function was called by. */
const calledBy = new AsyncLocalStorage<Level>();

export function createTransactionSession<Client>(
  options: TransactionSessionOptions<Client>,
  parent?: Level,
): TransactionSession<Client> {
  const { driver, client } = options;
  const level: Level = {
    parent,
    depth: (parent?.depth ?? 0) + 1,
    nested: undefined,
    hasEnded: false,
    reason: undefined,
  };

  // While a nested transaction is open it is alone, or what others ask for would be undone with it. After the wait nothing
  // may be awaited before the statement is sent, or the place is taken.
  const guarded: SqlDriver = {
    dialect: driver.dialect,
    async all(statement, statementOptions) {
      while (innermost(level).nested !== undefined) await innermost(level).nested;
      assertOpen(level);
      return driver.all(statement, statementOptions);
    },
    async execute(statement, statementOptions) {
      while (innermost(level).nested !== undefined) await innermost(level).nested;
      assertOpen(level);
      return driver.execute(statement, statementOptions);
    },
    iterate,
  };

  async function* iterate(
    statement: Sql,
    statementOptions: StatementOptions | undefined,
  ): AsyncGenerator<Row, void, undefined> {
    while (innermost(level).nested !== undefined) await innermost(level).nested;
    assertOpen(level);
    for await (const row of driver.iterate(statement, statementOptions)) {
      assertOpen(level);
      yield row;
      assertOpen(level);
    }
  }

  async function nest<T>(work: (session: Session<Client>) => Promise<T>): Promise<T> {
    while (innermost(level).nested !== undefined) await innermost(level).nested;
    assertOpen(level);
    const outer = innermost(level);
    const { promise, resolve } = Promise.withResolvers<void>();
    outer.nested = promise;
    const inner = createTransactionSession(options, outer);
    const savepoint = `sheaf_${outer.depth}`;
    try {
      await driver.control(`SAVEPOINT ${savepoint}`);
      try {
        const result = await inner.run(work);
        await driver.control(`RELEASE SAVEPOINT ${savepoint}`);
        return result;
      } catch (error) {
        // If this fails too, the transaction is no longer sound and cannot be committed.
        if (!outer.hasEnded) await undo(savepoint).catch(() => {});
        throw error;
      }
    } finally {
      inner.end();
      outer.nested = undefined;
      resolve();
    }
  }

  async function undo(savepoint: string): Promise<void> {
    await driver.control(`ROLLBACK TO SAVEPOINT ${savepoint}`);
    await driver.control(`RELEASE SAVEPOINT ${savepoint}`);
  }

  const session: Session<Client> = {
    sql: createSqlExecutor(guarded),
    client,
    async transaction(work, nestedOptions = {}) {
      assertNestable(nestedOptions, options.options);
      return nest(work);
    },
    snapshot: (work) => work(session.sql),
    async flush() {
      throw new Error('Nothing of an open transaction has been committed yet.');
    },
  };

  return {
    async run(work) {
      const result = await calledBy
        .run(level, () => work(session))
        .catch((error: unknown) => {
          // Prisma's client puts what it does not know into an error of its own, without the cause.
          if (isFailureByPrisma(error)) driver.state.assertSound();
          throw error;
        });
      while (level.nested !== undefined) await level.nested;
      driver.state.assertSound();
      return result;
    },
    end(reason) {
      if (!level.hasEnded) level.reason = reason;
      level.hasEnded = true;
    },
  };
}

/**
 * Where a call belongs that was made by way of a level: what the work of a nested transaction asks of the session
 * outside is part of the nested transaction, which has the connection.
 */
function innermost(level: Level): Level {
  let place: Level | undefined;
  for (let at = calledBy.getStore(); at !== undefined; at = at.parent) {
    if (place === undefined && !at.hasEnded) place = at;
    if (at === level) return place ?? level;
  }
  return level;
}

function isFailureByPrisma(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'db.transaction-failed' && !isSheafError(error);
}

/** A level ends with those around it. */
function assertOpen(level: Level): void {
  for (let at: Level | undefined = level; at !== undefined; at = at.parent) {
    if (at.hasEnded) throw at.reason ?? dbErrors.create('transaction-ended', {});
  }
}
