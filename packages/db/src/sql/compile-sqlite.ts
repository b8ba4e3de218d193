import { assertValue, invalidValue, jsonText } from './bound-value.ts';
import { type CompiledSql, createCompiler } from './compile.ts';
import { toDatabaseTime } from './dialect.ts';
import { type BoundArray, isBoundArray, isJson, isList, type Json, type Sql, type SqlScalar } from './statement.ts';

const ONE = 'one';
const LIST = 'list';
const BYTES_LIST = 'list of bytes';

export const compileSqlite: (statement: Sql) => CompiledSql = createCompiler({
  provider: 'sqlite',
  bind(value, statement, index) {
    if (!isList(value)) return { form: ONE, argument: toArgument(value, statement, index) };
    assertValue(value, statement, index);
    const isBytes = value.some((item) => item instanceof Uint8Array);
    if (isBytes && !value.every((item) => item === null || item instanceof Uint8Array)) {
      throw invalidValue(statement, index, 'mixes bytes with other values');
    }
    return { form: isBytes ? BYTES_LIST : LIST, argument: `[${value.map(toListItem).join()}]` };
  },
  placeholder: () => '?',
  // Bytes travel as their digits: JSON has none.
  list: (form, _number, before) =>
    `${before}SELECT ${form === BYTES_LIST ? 'unhex(value)' : 'value'} FROM json_each(?)`,
});

function toArgument(value: SqlScalar | Json | BoundArray, statement: Sql, index: number): unknown {
  if (isJson(value)) return jsonText(value['~json'], statement, index);
  if (isBoundArray(value)) throw invalidValue(statement, index, 'is an array of PostgreSQL');
  assertValue(value, statement, index);
  if (value instanceof Date) return toDatabaseTime(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  // SQLite keeps no negative zero in a table.
  return value === 0 ? 0 : value;
}

function toListItem(value: SqlScalar): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return value.toString();
    case 'boolean':
      return value ? '1' : '0';
    case 'string':
      return JSON.stringify(value);
    default:
      if (value === null) return 'null';
      if (value instanceof Date) return `"${toDatabaseTime(value)}"`;
      return `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`;
  }
}
