import { applyMigrations, type Connection, dbErrors, pendingMigrations } from '@sheaf/db';

export interface BringUpToDateOptions {
  readonly connection: Connection<unknown>;
  readonly migrate?: 'auto' | 'check' | 'off';
  readonly migrationsFolder?: string;
}

/**
 * Sees to the schema at the start.
 *
 * @throws `db.not-migrated` with `check`; the errors of the migrations with `auto`.
 */
export async function bringUpToDate({
  connection,
  migrate = 'auto',
  migrationsFolder,
}: BringUpToDateOptions): Promise<void> {
  if (migrate === 'off') return;
  const options = migrationsFolder === undefined ? {} : { folder: migrationsFolder };
  const pending = await pendingMigrations(connection, options);
  if (pending.length === 0) return;
  if (migrate === 'check') throw dbErrors.create('not-migrated', { pending });
  await applyMigrations(connection, options);
}
