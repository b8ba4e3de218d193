import { dbErrors } from '../errors.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { type Migration, type MigrationSource, readMigrationHistory } from './migration-history.ts';
import { readMigrationRecords } from './migration-records.ts';
import { type MigrationReport, reportMigrations } from './migration-report.ts';
import type { MigrationTarget } from './migration-target.ts';

/**
 * How a database stands to the migrations of a source. Reads only, and reports what `applyMigrations` would refuse.
 *
 * @throws `db.no-migrations`.
 */
export async function inspectMigrations(
  target: Pick<MigrationTarget, 'provider' | 'sql'>,
  source: MigrationSource = {},
): Promise<MigrationReport> {
  const { migrations } = await readMigrationHistory(source, target.provider);
  return reportMigrations(migrations, await readMigrationRecords(target.sql));
}

/**
 * The migrations that a database still needs, in the order of their names. Changes nothing.
 *
 * @throws `db.no-migrations`, `db.migration-unfinished` (also while Prisma's CLI applies one), `db.database-newer`,
 *   `db.migration-unknown`, `db.migration-edited`.
 */
export async function pendingMigrations(
  target: Pick<MigrationTarget, 'provider' | 'sql'>,
  source: MigrationSource = {},
): Promise<string[]> {
  const report = await inspectMigrations(target, source);
  assertSound(report);
  return [...report.pending];
}

/** The migrations to apply, in order. Throws like `pendingMigrations`. */
export async function planMigrations(executor: SqlExecutor, migrations: readonly Migration[]): Promise<Migration[]> {
  const report = reportMigrations(migrations, await readMigrationRecords(executor));
  assertSound(report);
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  return report.pending.flatMap((name) => byName.get(name) ?? []);
}

/** Nothing is applied on top of what the database and the source see differently. Throws like `pendingMigrations`. */
export function assertSound({ failed: [failed], unknown, isNewer, edited: [edited] }: MigrationReport): void {
  if (failed) throw dbErrors.create('migration-unfinished', { migration: failed.name, reason: failed.reason });
  if (isNewer) throw dbErrors.create('database-newer', { migrations: unknown });
  if (unknown.length > 0) throw dbErrors.create('migration-unknown', { migrations: unknown });
  if (edited !== undefined) throw dbErrors.create('migration-edited', { migration: edited });
}
