import { contentHash } from '@sheaf/core';
import type { Pool, PoolClient, QueryArrayResult } from 'pg';
import pg from 'pg';
import { compilePostgresql } from '../sql/compile.ts';
import { postgresqlDialect } from '../sql/dialect.ts';
import { type Row, type SqlDriver, textOf } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';
import { toPostgresqlError } from './postgresql-errors.ts';

// Columns are `timestamp(3)` in UTC; pg would read them in the local zone of the process.
const OID = { int8: 20, numeric: 1700, timestamp: 1114, json: 114, jsonb: 3802, bytea: 17 } as const;

const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  [OID.int8]: (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)),
  [OID.numeric]: Number,
  [OID.timestamp]: (text) => new Date(`${text.replace(' ', 'T')}Z`),
  [OID.json]: (text) => JSON.parse(text),
  [OID.jsonb]: (text) => JSON.parse(text),
};

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers[oid]) ?? pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** PostgreSQL takes 63 characters. */
const nameOf = (text: string): string => contentHash(text).slice(0, 60);

export interface PostgresqlDriverOptions {
  readonly client: Pool | PoolClient;
  /** Names the database in errors. */
  readonly label: string;
  readonly onStatement?: ((text: string) => void) | undefined;
}

export function createPostgresqlDriver({ client, label, onStatement }: PostgresqlDriverOptions): SqlDriver {
  const run = async (statement: Sql): Promise<QueryArrayResult> => {
    onStatement?.(textOf(statement));
    const { text, values } = compilePostgresql(statement);
    try {
      const name = statement.isPrepared ? { name: nameOf(text) } : {};
      return await client.query({ ...name, text, values, rowMode: 'array', types });
    } catch (error) {
      throw toPostgresqlError(error, { label, statement });
    }
  };
  return {
    dialect: postgresqlDialect,
    async all(statement) {
      const { fields, rows } = await run(statement);
      const names = fields.map((field) => field.name);
      return rows.map((values) => {
        const row: Record<string, unknown> = {};
        for (let i = 0; i < names.length; i += 1) row[names[i] as string] = values[i];
        return row as Row;
      });
    },
    async execute(statement) {
      return (await run(statement)).rowCount ?? 0;
    },
  };
}
