import { dbErrors } from '../errors.ts';
import type { ApplyMigrationsOptions } from './apply-migrations.ts';
import { planMigrations } from './inspect-migrations.ts';
import { readMigrationHistory } from './migration-history.ts';
import type { MigrationTarget } from './migration-target.ts';
import { takeTurn } from './migration-turn.ts';
import { hasStatements, runMigrationScript } from './run-migration-script.ts';
import { differingObjects, readShape } from './schema-shape.ts';

/**
 * What the extras (`extras.sql`) would still change: the objects of the schema, such as `trigger checked on posts`.
 * Empty where they are in force. They are run for that, and rolled back; on PostgreSQL with the locks that they take.
 *
 * @throws `db.not-migrated` where migrations are pending, `db.migration-failed` where the extras fail, `db.busy`; and
 *   like `pendingMigrations`.
 */
export async function findMissingExtras(
  target: MigrationTarget,
  { waitMs = 60_000, ...source }: ApplyMigrationsOptions = {},
): Promise<string[]> {
  const { migrations, extras } = await readMigrationHistory(source, target.provider);
  const pending = await planMigrations(target.sql, migrations);
  if (pending.length > 0) throw dbErrors.create('not-migrated', { pending: pending.map(({ name }) => name) });
  if (!hasStatements(extras, target.provider)) return [];
  const rollback = new Error('rolled back');
  let missing: string[] = [];
  try {
    await takeTurn(target, waitMs, async (script) => {
      const before = await readShape(script.sql);
      await runMigrationScript(script, 'extras.sql', extras);
      missing = differingObjects(before, await readShape(script.sql));
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  return missing;
}
