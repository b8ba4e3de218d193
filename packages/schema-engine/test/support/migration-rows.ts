import type { TestDatabase } from './test-database.ts';

export interface MigrationRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: unknown;
  readonly rolled_back_at: unknown;
  readonly logs: string | null;
  readonly applied_steps_count: number;
}

/** The bookkeeping of migrations, in the order in which they began. */
export async function migrationRows(database: TestDatabase): Promise<readonly MigrationRow[]> {
  const rows = await database.query('SELECT * FROM "_prisma_migrations" ORDER BY started_at, migration_name');
  return rows as unknown as readonly MigrationRow[];
}
