import { isSheafError } from '@sheaf/core';
import type { ScriptSession } from '../connection/connection.ts';
import { sql } from '../sql/statement.ts';
import type { MigrationTarget } from './migration-target.ts';

/** The key of Prisma Migrate's advisory lock on PostgreSQL: its commands and this runner wait for each other. */
const LOCK_KEY = 72_707_369;

/**
 * Works in one transaction, once no other process migrates. `work` may be called again, after a transaction that came
 * to nothing.
 *
 * @throws `db.busy` when another process did not end within `waitMs`.
 */
export async function takeTurn(
  target: MigrationTarget,
  waitMs: number,
  work: (script: ScriptSession) => Promise<void>,
): Promise<void> {
  const end = performance.now() + waitMs;
  for (;;) {
    try {
      return await target.runScript(async (script) => {
        // SQLite's transaction holds the only write lock already.
        if (target.provider === 'postgresql') await enterPostgresql(script, waitMs);
        await work(script);
      });
    } catch (error) {
      // An SQLite connection has a patience of its own, which may be the shorter one.
      if (!isSheafError(error, 'db.busy') || performance.now() >= end) throw error;
    }
  }
}

async function enterPostgresql(script: ScriptSession, waitMs: number): Promise<void> {
  // It also ends a migration that waits for the locks of long statements, with all who come after it behind.
  await script.sql.all(sql`SELECT set_config('lock_timeout', ${String(Math.max(1, Math.ceil(waitMs)))}, true)`);
  // The server otherwise finishes a long statement, and keeps the lock, for a process that is no more.
  await script.exec(`DO $sheaf$ BEGIN
    SET LOCAL client_connection_check_interval = 500;
  EXCEPTION WHEN OTHERS THEN NULL; -- not every platform can
  END $sheaf$`);
  await script.sql.all(sql`SELECT pg_advisory_xact_lock(${LOCK_KEY}::bigint)::text`);
  // `?schema=` may name a schema that nobody made yet; Prisma Migrate makes it as well.
  await script.exec(`DO $sheaf$ BEGIN
    IF current_schema() IS NULL THEN
      EXECUTE 'CREATE SCHEMA ' || split_part(current_setting('search_path'), ',', 1);
    END IF;
  END $sheaf$`);
}
