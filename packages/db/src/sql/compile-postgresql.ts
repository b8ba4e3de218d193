import { assertValue, jsonText } from './bound-value.ts';
import { type BoundForm, type CompiledSql, createCompiler } from './compile.ts';
import { toDatabaseTime } from './dialect.ts';
import { isBoundArray, isJson, isList, type Sql, type SqlScalar } from './statement.ts';

/**
 * A number says what it is, as a number written in SQL does; without, PostgreSQL would take `1.5` beside an integer
 * column for a spelling mistake, and a bare `SELECT` would give text. Text, times and documents take the type of what
 * they stand beside.
 */
export const compilePostgresql: (statement: Sql) => CompiledSql = createCompiler({
  provider: 'postgresql',
  bind(value, statement, index): BoundForm {
    if (isJson(value)) return { form: '', argument: jsonText(value['~json'], statement, index) };
    if (isBoundArray(value)) return { form: '', argument: value['~array'].map(toItem) };
    assertValue(value, statement, index);
    return isList(value)
      ? { form: `${commonType(value)}[]`, argument: value.map(toItem) }
      : { form: typeOf(value), argument: toArgument(value) };
  },
  placeholder: (form, number) => (form === '' ? `$${number}` : `($${number}::${form})`),
  list: (form, number, before, { kept, isNegated }) =>
    `${before.slice(0, kept)}${isNegated ? '<> ALL (' : '= ANY ('}$${number}${form === '[]' ? '' : `::${form}`}`,
});

const NUMBERS = ['int4', 'int8', 'numeric', 'float8'];
const MOST_INT4 = 2 ** 31 - 1;

/** Empty where the statement tells. */
function typeOf(value: SqlScalar): string {
  switch (typeof value) {
    case 'number':
      if (!Number.isInteger(value)) return 'numeric';
      if (!Number.isSafeInteger(value)) return 'float8';
      return value > MOST_INT4 || value < -MOST_INT4 ? 'int8' : 'int4';
    case 'bigint':
      return 'int8';
    case 'boolean':
      return 'bool';
    default:
      return value instanceof Uint8Array ? 'bytea' : '';
  }
}

/** The type of a list: of numbers, that of the widest; empty where its items are of several kinds. */
function commonType(items: readonly SqlScalar[]): string {
  const types = new Set(items.filter((item) => item !== null).map(typeOf));
  const widest = NUMBERS.findLast((type) => types.has(type));
  if (widest !== undefined) return [...types].every((type) => NUMBERS.includes(type)) ? widest : '';
  return types.size === 1 ? ([...types][0] as string) : '';
}

function toArgument(value: SqlScalar): unknown {
  if (value instanceof Date) return toDatabaseTime(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return typeof value === 'bigint' ? value.toString() : value;
}

function toItem(value: unknown): unknown {
  return toArgument(value as SqlScalar);
}
