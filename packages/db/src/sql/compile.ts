import { toDatabaseTime } from './dialect.ts';
import { isJson, type Sql, type SqlValue } from './statement.ts';

export interface CompiledSql {
  readonly text: string;
  readonly values: unknown[];
}

export function compilePostgresql(statement: Sql): CompiledSql {
  let text = statement.strings[0] ?? '';
  statement.values.forEach((_, index) => {
    text += `$${index + 1}${statement.strings[index + 1] ?? ''}`;
  });
  return { text, values: statement.values.map(toPostgresqlValue) };
}

export function compileSqlite(statement: Sql): CompiledSql {
  return { text: statement.strings.join('?'), values: statement.values.map(toSqliteArgument) };
}

function toPostgresqlValue(value: SqlValue): unknown {
  if (isJson(value)) return JSON.stringify(value['~json']);
  if (value instanceof Date) return toDatabaseTime(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === 'bigint') return value.toString();
  return value;
}

function toSqliteArgument(value: SqlValue): unknown {
  if (isJson(value)) return JSON.stringify(value['~json']);
  if (value instanceof Date) return toDatabaseTime(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) throw new TypeError('SQLite has no arrays: bind a list with `dialect.isIn` or `records`.');
  return value;
}
