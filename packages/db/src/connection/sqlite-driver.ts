import type { SqliteDatabase, SqliteSnapshot, SqliteTransaction, WaitOptions } from '@sheaf/adapter-sqlite';
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
  const attempt = async <T>(
    statement: Sql,
    { signal }: StatementOptions,
    run: (compiled: CompiledSql, wait: WaitOptions) => Promise<T>,
  ): Promise<T> => {
    onStatement?.(textOf(statement));
    const compiled = compileSqlite(statement);
    try {
      return await run(compiled, { signal });
    } catch (error) {
      throw toSqliteError(error, { path, statement, signal, isReadOnly });
    }
  };
  return {
    dialect: sqliteDialect,
    async all(statement, options = {}) {
      const { columns, declaredTypes, rows } = await attempt(statement, options, ({ text, values }, wait) =>
        target.all(text, values as Values, wait),
      );
      const read = rowReader(columns, declaredTypes, options);
      return rows.map(read);
    },
    async execute(statement, options = {}) {
      const { changes } = await attempt(statement, options, ({ text, values }, wait) =>
        target.run(text, values as Values, wait),
      );
      return changes;
    },
    async *iterate(statement, options = {}) {
      const { signal } = options;
      onStatement?.(textOf(statement));
      const { text, values, isQuestion } = compileSqlite(statement);
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
        throw toSqliteError(error, { path, statement, signal, isReadOnly });
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
