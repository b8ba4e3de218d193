import type { ScriptSession } from '../connection/connection.ts';
import { assertSound, inspectMigrations, planMigrations } from './inspect-migrations.ts';
import { type MigrationHistory, type MigrationSource, readMigrationHistory } from './migration-history.ts';
import { createMigrationTable, recordMigration } from './migration-records.ts';
import type { MigrationTarget } from './migration-target.ts';
import { takeTurn } from './migration-turn.ts';
import { checkForeignKeys, hasStatements, runMigrationScript } from './run-migration-script.ts';
import { showRows } from './show-rows.ts';

export interface ApplyMigrationsOptions extends MigrationSource {
  /**
   * Milliseconds to wait for another process that migrates, or for a lock that a migration needs on PostgreSQL;
   * default 60,000.
   */
  readonly waitMs?: number;
}

export interface MigrationResult {
  /** The names of the migrations that were applied now; empty where the database was up to date. */
  readonly applied: readonly string[];
}

/**
 * Brings a database up to date: its pending migrations, then the extras, in one transaction. A failure leaves the
 * database as it was; several processes may do it at once. The bookkeeping is that of Prisma Migrate, whose commands
 * accept what was applied here, and the other way round.
 *
 * @throws `db.migration-failed`, `db.busy`; and like `pendingMigrations`, then without having begun.
 */
export async function applyMigrations(
  target: MigrationTarget,
  { waitMs = 60_000, ...source }: ApplyMigrationsOptions = {},
): Promise<MigrationResult> {
  const history = await readMigrationHistory(source, target.provider);
  // Without the lock first: in the usual case there is nothing to do and nobody to wait for. But a record without an
  // end may be of a migration that Prisma's CLI is just applying: whether it failed is certain only in our turn.
  const report = await inspectMigrations(target, { history });
  if (report.failed.length === 0) {
    assertSound(report);
    if (report.pending.length === 0 && !hasStatements(history.extras, target.provider)) return { applied: [] };
  }
  let applied: readonly string[] = [];
  await takeTurn(target, waitMs, async (script) => {
    applied = await applyPending(script, history);
  });
  return { applied };
}

async function applyPending(script: ScriptSession, { migrations, extras }: MigrationHistory): Promise<string[]> {
  await createMigrationTable(script);
  const pending = await planMigrations(script.sql, migrations);
  const apply = async (): Promise<void> => {
    for (const migration of pending) {
      const startedAt = new Date();
      await runMigrationScript(script, migration.name, migration.script);
      await recordMigration(script.sql, { migration, startedAt, finishedAt: new Date() });
    }
  };
  if (pending.length > 0) await showRows(script, apply);
  const last = pending.at(-1);
  if (last) await checkForeignKeys(script, last.name);
  if (hasStatements(extras, script.sql.dialect.provider)) await runMigrationScript(script, 'extras.sql', extras);
  return pending.map(({ name }) => name);
}
