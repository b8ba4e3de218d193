import { isSheafError } from '@sheaf/core';
import type { Connection, ScriptSession } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import { rawSql, sql } from '../sql/statement.ts';
import { type MigrationHistory, type MigrationSource, readMigrationHistory } from './migration-history.ts';
import { createMigrationTable, readMigrationRecords, recordMigration } from './migration-records.ts';
import { planMigrations } from './plan-migrations.ts';

/** The part of a connection that migrating needs. */
export type MigrationTarget = Pick<Connection<unknown>, 'provider' | 'sql' | 'runScript'>;

export interface MigrationResult {
  /** The names of the migrations that were applied now; empty where the database was up to date. */
  readonly applied: readonly string[];
}

/** The key of Prisma Migrate's advisory lock on PostgreSQL: its commands and this runner wait for each other. */
const LOCK_KEY = 72_707_369;

/**
 * The migrations that a database still needs, in the order of their names. Changes nothing.
 *
 * @throws `db.no-migrations`, `db.migration-edited`, `db.migration-unknown`, `db.migration-unfinished`.
 */
export async function pendingMigrations(target: MigrationTarget, source: MigrationSource = {}): Promise<string[]> {
  const { migrations } = await readMigrationHistory(source, target.provider);
  return planMigrations(migrations, await readMigrationRecords(target.sql)).map(({ name }) => name);
}

/**
 * Brings a database up to date: its pending migrations, then the extras, in one transaction. A failure leaves the
 * database as it was; several processes may do it at once. The bookkeeping is that of Prisma Migrate, whose commands
 * accept what was applied here, and the other way round.
 *
 * @throws `db.migration-failed`, `db.migration-edited`, `db.migration-unknown`, `db.migration-unfinished`,
 *   `db.no-migrations`.
 */
export async function applyMigrations(target: MigrationTarget, source: MigrationSource = {}): Promise<MigrationResult> {
  const history = await readMigrationHistory(source, target.provider);
  // Without the lock first: in the usual case there is nothing to do and nobody to wait for.
  const pending = planMigrations(history.migrations, await readMigrationRecords(target.sql));
  if (pending.length === 0 && !hasStatements(history.extras)) return { applied: [] };
  const applied: string[] = [];
  await target.runScript(async (script) => {
    await enter(script);
    applied.push(...(await applyPending(script, history)));
  });
  return { applied };
}

/** Waits until no other process migrates. SQLite's transaction holds the only write lock already. */
async function enter(script: ScriptSession): Promise<void> {
  if (script.sql.dialect.provider !== 'postgresql') return;
  await script.sql.all(sql`SELECT pg_advisory_xact_lock(${LOCK_KEY}::bigint)::text`);
  // `?schema=` may name a schema that nobody made yet; Prisma Migrate makes it as well.
  await script.exec(`DO $sheaf$ BEGIN
    IF current_schema() IS NULL THEN
      EXECUTE 'CREATE SCHEMA ' || split_part(current_setting('search_path'), ',', 1);
    END IF;
  END $sheaf$`);
}

async function applyPending(script: ScriptSession, { migrations, extras }: MigrationHistory): Promise<string[]> {
  await createMigrationTable(script);
  const pending = planMigrations(migrations, await readMigrationRecords(script.sql));
  for (const migration of pending) {
    const startedAt = new Date();
    await execute(script, migration.name, migration.script);
    await recordMigration(script.sql, { migration, startedAt, finishedAt: new Date() });
  }
  if (pending.length > 0) await checkForeignKeys(script, pending.at(-1)?.name ?? '');
  if (hasStatements(extras)) await execute(script, 'extras.sql', extras);
  return pending.map(({ name }) => name);
}

async function execute(script: ScriptSession, migration: string, text: string): Promise<void> {
  try {
    await script.exec(text);
  } catch (cause) {
    throw failed(migration, cause);
  }
}

/** SQLite's foreign keys are unchecked meanwhile, so that tables can be made anew: what that broke must not stay. */
async function checkForeignKeys(script: ScriptSession, migration: string): Promise<void> {
  if (script.sql.dialect.provider !== 'sqlite') return;
  const broken = await script.sql.all<{ table: string; parent: string }>(rawSql('PRAGMA foreign_key_check'));
  const [first] = broken;
  if (first === undefined) return;
  throw dbErrors.create('migration-failed', {
    migration,
    reason: `${broken.length} row(s) would refer to rows that do not exist, the first in ${first.table} (to ${first.parent})`,
  });
}

function failed(migration: string, cause: unknown): Error {
  const details = isSheafError(cause) ? cause.details.reason : undefined;
  const reason = typeof details === 'string' ? details : cause instanceof Error ? cause.message : String(cause);
  return dbErrors.create('migration-failed', { migration, reason }, { cause });
}

/** Whether a script holds more than comments and blanks. */
function hasStatements(script: string): boolean {
  return script.replaceAll(/--.*$/gm, '').trim() !== '';
}
