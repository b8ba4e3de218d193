import {
  applyMigrations,
  type Connection,
  dbErrors,
  findMissingIsolation,
  inspectMigrations,
  pendingMigrations,
} from '@sheaf/db';

export interface BringUpToDateOptions {
  readonly connection: Connection<unknown>;
  readonly migrate?: 'auto' | 'check' | 'off';
  readonly migrationsFolder?: string;
}

/**
 * Sees to the schema at the start.
 *
 * @throws `db.not-migrated` and `db.not-isolated` with `check`; the errors of the migrations with `auto`.
 */
export async function bringUpToDate({
  connection,
  migrate = 'auto',
  migrationsFolder,
}: BringUpToDateOptions): Promise<void> {
  if (migrate === 'off') return;
  const options = migrationsFolder === undefined ? {} : { folder: migrationsFolder };
  if (migrate === 'check') {
    const pending = await pendingMigrations(connection, options);
    if (pending.length > 0) throw dbErrors.create('not-migrated', { pending });
    const reason = await findMissingIsolation(connection);
    if (reason !== undefined) throw dbErrors.create('not-isolated', { target: connection.label, reason });
    return;
  }
  const { pending, failed, edited, unknown } = await inspectMigrations(connection, options);
  // What looks like a failure may be a migration that another process is applying: `applyMigrations` waits for it.
  const isBehind = [pending, failed, edited, unknown].some((list) => list.length > 0);
  if (isBehind || (await findMissingIsolation(connection)) !== undefined) await applyMigrations(connection, options);
}
