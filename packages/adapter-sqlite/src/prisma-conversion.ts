import { type ArgType, type ColumnType, ColumnTypeEnum, type SqlResultSet } from '@prisma/driver-adapter-utils';
import type { ResultSet } from './connection.ts';
import { type SqliteValue, toSqliteDate, toSqliteDouble, toSqliteValue } from './sqlite-value.ts';

const COLUMN_TYPES: ReadonlyMap<string, ColumnType> = new Map<string, ColumnType>([
  ...names('INT INTEGER TINYINT SMALLINT MEDIUMINT INT2 SERIAL', ColumnTypeEnum.Int32),
  ...names('BIGINT INT8', ColumnTypeEnum.Int64),
  ['UNSIGNED BIG INT', ColumnTypeEnum.Int64],
  ['FLOAT', ColumnTypeEnum.Float],
  ...names('REAL DOUBLE NUMERIC', ColumnTypeEnum.Double),
  ['DOUBLE PRECISION', ColumnTypeEnum.Double],
  ['DECIMAL', ColumnTypeEnum.Numeric],
  ...names('TEXT CLOB VARCHAR CHARACTER NCHAR NVARCHAR', ColumnTypeEnum.Text),
  ['VARYING CHARACTER', ColumnTypeEnum.Text],
  ['NATIVE CHARACTER', ColumnTypeEnum.Text],
  ['BLOB', ColumnTypeEnum.Bytes],
  ['BOOLEAN', ColumnTypeEnum.Boolean],
  ...names('DATETIME TIMESTAMP', ColumnTypeEnum.DateTime),
  ['DATE', ColumnTypeEnum.Date],
  ['TIME', ColumnTypeEnum.Time],
  ['JSONB', ColumnTypeEnum.Json],
]);

function names(list: string, type: ColumnType): [string, ColumnType][] {
  return list.split(' ').map((name) => [name, type]);
}

/** The arguments of a Prisma query as SQLite stores them. Some scalars arrive as text with their type beside. */
export function toArguments(args: readonly unknown[], argTypes: readonly ArgType[]): SqliteValue[] {
  return args.map((arg, index) => {
    if (typeof arg !== 'string') return toSqliteValue(arg);
    switch (argTypes[index]?.scalarType) {
      case 'int':
        return toSqliteValue(Number.parseInt(arg, 10));
      case 'float':
      case 'decimal':
        return toSqliteDouble(arg);
      case 'bigint':
        return toSqliteValue(BigInt(arg));
      case 'datetime':
        return toSqliteDate(new Date(arg));
      case 'bytes':
        return Buffer.from(arg, 'base64');
      default:
        return arg;
    }
  });
}

/** Gives rows with every integer as a bigint the types and the representation that Prisma's client expects. */
export function toPrismaResult({ columns, declaredTypes, rows }: ResultSet): SqlResultSet {
  const columnTypes = declaredTypes.map((declared, index) => declaredType(declared) ?? inferredType(rows, index));
  for (const row of rows) {
    for (let index = 0; index < row.length; index++) {
      const value = row[index];
      if (typeof value === 'bigint' || typeof value === 'number') {
        row[index] = toPrismaNumber(value, columnTypes[index] as ColumnType);
      }
    }
  }
  return { columnNames: columns, columnTypes, rows };
}

function declaredType(declared: string | null): ColumnType | undefined {
  // VARCHAR(20), DECIMAL(10, 2)
  return declared === null ? undefined : COLUMN_TYPES.get(declared.toUpperCase().replace(/\s*\(.*$/, ''));
}

/** The type of an expression is that of its first value that is not NULL. */
function inferredType(rows: readonly unknown[][], index: number): ColumnType {
  for (const row of rows) {
    switch (typeof row[index]) {
      case 'string':
        return ColumnTypeEnum.Text;
      case 'bigint':
        return ColumnTypeEnum.Int64;
      case 'number':
        return ColumnTypeEnum.UnknownNumber;
      case 'object':
        if (row[index] !== null) return ColumnTypeEnum.Bytes;
    }
  }
  return ColumnTypeEnum.Int32;
}

function toPrismaNumber(value: number | bigint, type: ColumnType): number | string {
  if (type === ColumnTypeEnum.DateTime) {
    // Milliseconds since the epoch, as some tools store dates.
    const date = new Date(Number(value));
    return Number.isNaN(date.getTime()) ? String(value) : date.toISOString();
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return type === ColumnTypeEnum.Int32 || type === ColumnTypeEnum.Int64 ? Math.trunc(value) : value;
}
