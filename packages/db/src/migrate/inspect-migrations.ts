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
 * @throws `db.no-migrations`, `db.migration-unfinished`, `db.database-newer`, `db.migration-unknown`,
 *   `db.migration-edited`.
 */
export async function pendingMigrations(
  target: Pick<MigrationTarget, 'provider' | 'sql'>,
  source: MigrationSource = {},
): Promise<string[]> {
  return [...soundReport(await inspectMigrations(target, source)).pending];
}

/** The migrations to apply, in order. Throws like `pendingMigrations`. */
export async function planMigrations(executor: SqlExecutor, migrations: readonly Migration[]): Promise<Migration[]> {
  const { pending } = soundReport(reportMigrations(migrations, await readMigrationRecords(executor)));
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  return pending.flatMap((name) => byName.get(name) ?? []);
}

/** Nothing is applied on top of what the database and the source see differently. */
function soundReport(report: MigrationReport): MigrationReport {
  const [failed] = report.failed;
  if (failed) throw dbErrors.create('migration-unfinished', { migration: failed.name, reason: failed.reason });
  const { unknown: migrations } = report;
  if (report.isNewer) throw dbErrors.create('database-newer', { migrations });
  if (migrations.length > 0) throw dbErrors.create('migration-unknown', { migrations });
  const [edited] = report.edited;
  if (edited !== undefined) throw dbErrors.create('migration-edited', { migration: edited });
  return report;
}
