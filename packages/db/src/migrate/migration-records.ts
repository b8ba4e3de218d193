import { randomUUID } from 'node:crypto';
import type { ScriptSession } from '../connection/connection.ts';
import type { Provider } from '../sql/dialect.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, sql } from '../sql/statement.ts';
import { type Migration, migrationChecksum } from './migration-history.ts';
import type { MigrationRecord } from './migration-report.ts';

const TABLE = '_prisma_migrations';

// As Prisma Migrate makes it, so that its commands and this runner can take turns on one database.
const CREATE_TABLE: Readonly<Record<Provider, string>> = {
  sqlite: `CREATE TABLE "${TABLE}" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
);`,
  postgresql: `CREATE TABLE "${TABLE}" (
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

/** What the database records of its migrations; nothing where it was never migrated. */
export async function readMigrationRecords(executor: SqlExecutor): Promise<MigrationRecord[]> {
  if (!(await executor.tableExists(TABLE))) return [];
  const rows = await executor.all<StoredRecord>(
    sql`SELECT migration_name AS name, checksum, logs, started_at,
      CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END AS finished,
      CASE WHEN rolled_back_at IS NULL THEN 0 ELSE 1 END AS rolled_back
    FROM ${identifier(TABLE)} ORDER BY started_at, migration_name`,
  );
  return rows.map(({ name, checksum, logs, started_at, finished, rolled_back }) => ({
    name,
    checksum,
    logs,
    startedAt: started_at,
    isFinished: finished === 1,
    isRolledBack: rolled_back === 1,
  }));
}

interface StoredRecord {
  readonly name: string;
  readonly checksum: string;
  readonly logs: string | null;
  readonly started_at: Date;
  readonly finished: number;
  readonly rolled_back: number;
}

export async function createMigrationTable(script: ScriptSession): Promise<void> {
  const { provider } = script.sql.dialect;
  if (!(await script.sql.tableExists(TABLE))) await script.exec(CREATE_TABLE[provider]);
}

export interface AppliedMigration {
  readonly migration: Migration;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export async function recordMigration(executor: SqlExecutor, applied: AppliedMigration): Promise<void> {
  const { migration, startedAt, finishedAt } = applied;
  await executor.execute(
    sql`INSERT INTO ${identifier(TABLE)}
      (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES (${randomUUID()}, ${migrationChecksum(migration.script)}, ${migration.name}, ${startedAt}, ${finishedAt}, 1)`,
  );
}
