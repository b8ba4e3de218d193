import type { SqlDriverAdapter, SqlResultSet } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum, isDriverAdapterError } from '@prisma/driver-adapter-utils';
import type { EngineProvider } from './provider.ts';

/** Creates Prisma Migrate's bookkeeping table exactly as the native engine does. */
export const createMigrationsTable: Readonly<Record<EngineProvider, string>> = {
  sqlite: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);`,
  postgresql: `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
);`,
};

/** What one request of the engine learns about the migrations table; a fresh one for each request. */
export interface MigrationsTableProbe {
  /** Whether a missing table may be answered as an empty one. */
  isOptional: boolean;
  /** Set once a query met no table. */
  wasMissing: boolean;
}

const emptyMigrationsTable: SqlResultSet = {
  columnNames: [
    'id',
    'checksum',
    'finished_at',
    'migration_name',
    'logs',
    'rolled_back_at',
    'started_at',
    'applied_steps_count',
  ],
  columnTypes: [
    ColumnTypeEnum.Text,
    ColumnTypeEnum.Text,
    ColumnTypeEnum.DateTime,
    ColumnTypeEnum.Text,
    ColumnTypeEnum.Text,
    ColumnTypeEnum.DateTime,
    ColumnTypeEnum.DateTime,
    ColumnTypeEnum.Int32,
  ],
  rows: [],
};

/**
 * Lets the engine read a migrations table that is not there yet. The native engine takes "no such table" as "nothing
 * was migrated so far"; the WebAssembly build does not recognise that error of a driver adapter, except in
 * `applyMigrations`, which has to see it, since it then creates the table.
 */
export function tolerateMissingMigrationsTable(adapter: SqlDriverAdapter, probe: MigrationsTableProbe): void {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    try {
      return await queryRaw(query);
    } catch (error) {
      if (!probe.isOptional || !isMissingTable(error) || !/\bfrom\s+\S*_prisma_migrations\b/i.test(query.sql)) {
        throw error;
      }
      probe.wasMissing = true;
      return emptyMigrationsTable;
    }
  };
}

function isMissingTable(error: unknown): boolean {
  if (!isDriverAdapterError(error)) return false;
  const { cause } = error;
  return cause.kind === 'TableDoesNotExist' || (cause.kind === 'postgres' && cause.code === '42P01');
}
