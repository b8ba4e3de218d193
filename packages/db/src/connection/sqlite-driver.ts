import type { SqliteDatabase, SqliteSnapshot, SqliteTransaction } from '@sheaf/adapter-sqlite';
import { dbErrors } from '../errors.ts';
import type { CompiledSql } from '../sql/compile.ts';
import { compileSqlite } from '../sql/compile-sqlite.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import type { Row, SqlDriver, StatementOptions } from '../sql/executor.ts';
import { type Sql, textOf } from '../sql/statement.ts';
import { computedDecoder, type Decode } from './computed-columns.ts';
import type { TransactionDriver } from './session.ts';
import { toSqliteError } from './sqlite-errors.ts';
import type { TransactionState } from './transaction-state.ts';

export interface SqliteDriverOptions<Target> {
  readonly target: Target;
  /** Names the database in errors. */
  readonly path: string;
  readonly onStatement?: ((text: string) => void) | undefined;
  /** Whether it refuses to write. */
  readonly isReadOnly?: boolean | undefined;
}

type Values = never[];

export function createSqliteDriver({
  target,
  path,
  onStatement,
  isReadOnly,
}: SqliteDriverOptions<Pick<SqliteDatabase, 'all' | 'run' | 'iterate'>>): SqlDriver {
  const compile = (statement: Sql): CompiledSql => {
    onStatement?.(textOf(statement));
    return compileSqlite(statement);
  };
  const coded = (error: unknown, statement: Sql, { signal }: StatementOptions): Error =>
    toSqliteError(error, { path, statement, signal, isReadOnly });
  return {
    dialect: sqliteDialect,
    async all(statement, options = {}) {
      const { text, values } = compile(statement);
      try {
        const { columns, declaredTypes, rows } = await target.all(text, values as Values, options);
        return rows.map(rowReader(columns, declaredTypes, options));
      } catch (error) {
        throw coded(error, statement, options);
      }
    },
    async execute(statement, options = {}) {
      const { text, values } = compile(statement);
      try {
        return (await target.run(text, values as Values, options)).changes;
      } catch (error) {
        throw coded(error, statement, options);
      }
    },
    async *iterate(statement, options = {}) {
      const { signal } = options;
      const { text, values, isQuestion } = compile(statement);
      if (!isQuestion) throw dbErrors.create('not-a-question', { sql: textOf(statement) });
      try {
        signal?.throwIfAborted();
        const stream = target.iterate(text, values as Values);
        let read: ((values: unknown[]) => Row) | undefined;
        for await (const row of stream) {
          read ??= rowReader(stream.columns, stream.declaredTypes, options);
          yield read(row);
          signal?.throwIfAborted();
        }
      } catch (error) {
        throw coded(error, statement, options);
      }
    },
  };
}

/** The driver of an open transaction; what the Prisma client does in it goes by `target`, too. */
export function createSqliteTransactionDriver(
  options: SqliteDriverOptions<SqliteTransaction> & { readonly state: TransactionState },
): TransactionDriver {
  const { target, path, state } = options;
  return {
    ...createSqliteDriver(options),
    state,
    control: (text) =>
      target.exec(text).catch((error: unknown) => {
        throw toSqliteError(error, { path });
      }),
  };
}

/** A transaction that only reads, for a driver. */
export function readingTarget(snapshot: SqliteSnapshot): Pick<SqliteDatabase, 'all' | 'run' | 'iterate'> {
  return {
    all: (text, values) => snapshot.all(text, values),
    run: (text, values) => snapshot.all(text, values).then(() => ({ changes: 0, lastInsertRowid: 0 })),
    iterate: (text, values) => snapshot.iterate(text, values),
  };
}

function rowReader(
  columns: readonly string[],
  declaredTypes: readonly (string | null)[],
  { columns: computed = {} }: StatementOptions,
): (values: unknown[]) => Row {
  const decoders = columns.map(
    (name, index) => decoderFor(declaredTypes[index] ?? null) ?? computedDecoder(computed, name),
  );
  return (values) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i += 1) {
      const value = values[i];
      const decode = decoders[i];
      row[columns[i] as string] = value === null || decode === undefined ? value : decode(value);
    }
    return row;
  };
}

/** SQLite keeps the column types of the schema by name only; an expression has none and stays as it is. */
function decoderFor(declaredType: string | null): Decode | undefined {
  switch (declaredType?.toUpperCase()) {
    case 'DATETIME':
      return (value) => new Date(value as string);
    case 'BOOLEAN':
      return (value) => value === 1 || value === 1n || value === true;
    case 'JSONB':
      return (value) => (typeof value === 'string' ? JSON.parse(value) : value);
    default:
      return undefined;
  }
}
