import type { SqliteTransaction } from '@sheaf/adapter-sqlite';
import { compileSqlite } from '../sql/compile.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import { type Row, type SqlDriver, textOf } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';
import { toSqliteError } from './sqlite-errors.ts';

export interface SqliteDriverOptions {
  readonly target: Pick<SqliteTransaction, 'all' | 'run'>;
  /** Names the database in errors. */
  readonly path: string;
  readonly onStatement?: ((text: string) => void) | undefined;
}

export function createSqliteDriver({ target, path, onStatement }: SqliteDriverOptions): SqlDriver {
  const attempt = async <T>(statement: Sql, run: (text: string, values: never[]) => Promise<T>): Promise<T> => {
    onStatement?.(textOf(statement));
    const { text, values } = compileSqlite(statement);
    try {
      return await run(text, values as never[]);
    } catch (error) {
      throw toSqliteError(error, path, statement);
    }
  };
  return {
    dialect: sqliteDialect,
    async all(statement) {
      const { columns, declaredTypes, rows } = await attempt(statement, (text, values) => target.all(text, values));
      const decoders = declaredTypes.map(decoderFor);
      return rows.map((values) => {
        const row: Record<string, unknown> = {};
        for (let i = 0; i < columns.length; i += 1) {
          const value = values[i];
          const decode = decoders[i];
          row[columns[i] as string] = value === null || decode === undefined ? value : decode(value);
        }
        return row as Row;
      });
    },
    async execute(statement) {
      return (await attempt(statement, (text, values) => target.run(text, values))).changes;
    },
  };
}

/** SQLite keeps the column types of the schema by name only; an expression has none and stays as it is. */
function decoderFor(declaredType: string | null): ((value: unknown) => unknown) | undefined {
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
