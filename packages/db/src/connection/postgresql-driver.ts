import { contentHash } from '@sheaf/core';
import pg from 'pg';
import { dbErrors } from '../errors.ts';
import { compilePostgresql } from '../sql/compile-postgresql.ts';
import { postgresqlDialect } from '../sql/dialect.ts';
import type { Row, SqlDriver, StatementOptions } from '../sql/executor.ts';
import { type Sql, textOf } from '../sql/statement.ts';
import { inTransactionOf, sendInTransaction, toActingError } from './acting-postgresql.ts';
import { canceledBy } from './canceled.ts';
import { computedDecoder } from './computed-columns.ts';
import { toPostgresqlError } from './postgresql-errors.ts';
import { borrowConnection, type Result, readCursor, type Send, sendTo } from './postgresql-statements.ts';
import type { TransactionDriver } from './session.ts';
import { isRecovery, type TransactionState } from './transaction-state.ts';

// Columns are `timestamp(3)` in UTC; pg would read them, and dates, in the local zone of the process.
const OID = { int8: 20, numeric: 1700, date: 1082, timestamp: 1114, json: 114, jsonb: 3802 } as const;

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.int8]: exactInteger,
  // What a sum of integers is.
  [OID.numeric]: (text) => (/^-?\d+$/.test(text) ? exactInteger(text) : Number(text)),
  [OID.date]: (text) => new Date(`${text}T00:00:00Z`),
  [OID.timestamp]: (text) => new Date(`${text.replace(' ', 'T')}Z`),
  [OID.json]: (text) => JSON.parse(text),
  [OID.jsonb]: (text) => JSON.parse(text),
};

function exactInteger(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers[oid]) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** PostgreSQL takes 63 characters. */
const nameOf = (text: string): string => contentHash(text).slice(0, 60);

export interface PostgresqlDriverOptions {
  /** Names the database in errors. */
  readonly label: string;
  readonly onStatement?: ((text: string) => void) | undefined;
}

/** Where statements go: one by one, and those of a cursor together. */
interface Statements {
  readonly send: Send;
  stream(read: (send: Send) => AsyncGenerator<Result>, signal: AbortSignal | undefined): AsyncGenerator<Result>;
}

export interface PoolDriverOptions extends PostgresqlDriverOptions {
  /** Whom each statement acts for, in a transaction of its own; absent: the login. See `actingStatement`. */
  readonly acting?: string | undefined;
}

/** The driver of single statements, each on a connection of the pool. */
export function createPoolDriver(pool: pg.Pool, { acting, ...options }: PoolDriverOptions): SqlDriver {
  const { label } = options;
  return createDriver(options, {
    async send(config, signal) {
      if (acting !== undefined) {
        if (signal === undefined) return sendInTransaction({ pool, label, acting }, config);
        return inTransactionOf({ pool, label, acting, signal }, (client) => sendTo(client)(config, signal));
      }
      if (signal === undefined) return pool.query(config);
      const { client, release } = await borrowConnection(pool, signal);
      try {
        return await sendTo(client)(config, signal);
      } finally {
        // A cancellation may come late, and would hit the next statement.
        release(signal.aborted);
      }
    },
    async *stream(read, signal) {
      const { client, release } = await borrowConnection(pool, signal);
      try {
        await client.query(`BEGIN READ ONLY;${acting ?? ''}`).catch((error: unknown) => {
          throw toActingError(error, label);
        });
        yield* read(sendTo(client));
      } finally {
        const isSound = await client.query('ROLLBACK').then(
          () => true,
          () => false,
        );
        release(!isSound || signal?.aborted);
      }
    },
  });
}

/** The driver of statements on one connection, in a transaction that only reads and is ended elsewhere. */
export function createSnapshotDriver(client: pg.PoolClient, options: PostgresqlDriverOptions): SqlDriver {
  return createDriver(options, inTransaction(sendTo(client)));
}

export interface PostgresqlTransactionOptions extends PostgresqlDriverOptions {
  readonly client: pg.PoolClient;
  readonly state: TransactionState;
}

/** The driver of an open transaction, which the Prisma client shares by way of its state. */
export function createPostgresqlTransactionDriver(options: PostgresqlTransactionOptions): TransactionDriver {
  const { client, state, label } = options;
  const sendNow = sendTo(client);
  const send: Send = (config, signal) =>
    state.run(() => sendNow(config, signal), { isRecovery: isRecovery(config.text) });
  return {
    ...createDriver(options, inTransaction(send)),
    state,
    async control(text) {
      await send({ text, rowMode: 'array' }).catch((error: unknown) => {
        throw toPostgresqlError(error, { label });
      });
    },
  };
}

function inTransaction(send: Send): Statements {
  return { send, stream: (read) => read(send) };
}

function createDriver({ label, onStatement }: PostgresqlDriverOptions, { send, stream }: Statements): SqlDriver {
  const run = async (statement: Sql, { signal }: StatementOptions): Promise<Result> => {
    onStatement?.(textOf(statement));
    const { text, values } = compilePostgresql(statement);
    try {
      const name = statement.isPrepared ? { name: nameOf(text) } : {};
      return await send({ ...name, text, values, rowMode: 'array', types }, signal);
    } catch (error) {
      throw toPostgresqlError(error, { label, statement, signal });
    }
  };
  return {
    dialect: postgresqlDialect,
    async all(statement, options = {}) {
      const { fields, rows } = await run(statement, options);
      return rows.map(rowReader(fields, options));
    },
    async execute(statement, options = {}) {
      return (await run(statement, options)).rowCount ?? 0;
    },
    async *iterate(statement, options = {}) {
      const { signal } = options;
      onStatement?.(textOf(statement));
      const { text, values, isQuestion } = compilePostgresql(statement);
      if (!isQuestion) throw dbErrors.create('not-a-question', { sql: textOf(statement) });
      try {
        const pages = stream((target) => readCursor(target, { text, values, types, signal }), signal);
        for await (const { fields, rows } of pages) {
          const read = rowReader(fields, options);
          for (const row of rows) {
            yield read(row);
            if (signal?.aborted) throw canceledBy(signal);
          }
        }
      } catch (error) {
        // What PostgreSQL says of a cursor whose statement writes.
        const { code } = error as { readonly code?: unknown };
        if (code === '0A000' || code === '25006') {
          throw dbErrors.create('not-a-question', { sql: textOf(statement) }, { cause: error });
        }
        throw toPostgresqlError(error, { label, statement, signal });
      }
    },
  };
}

function rowReader(
  fields: readonly pg.FieldDef[],
  { columns: computed = {} }: StatementOptions,
): (values: readonly unknown[]) => Row {
  const names = fields.map(({ name }) => name);
  // What has a type of its own has been read by it.
  const decoders = fields.map(({ name, dataTypeID }) =>
    dataTypeID === OID.json || dataTypeID === OID.jsonb ? undefined : computedDecoder(computed, name),
  );
  return (values) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i += 1) {
      const value = values[i];
      const decode = decoders[i];
      row[names[i] as string] = value === null || decode === undefined ? value : decode(value);
    }
    return row;
  };
}
