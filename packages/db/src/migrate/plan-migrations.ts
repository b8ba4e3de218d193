import { dbErrors } from '../errors.ts';
import { type Migration, matchesChecksum } from './migration-history.ts';

/** What the database says of a migration. One that was rolled back and applied again has several records. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly isFinished: boolean;
  readonly isRolledBack: boolean;
}

/**
 * Which migrations a database still needs, in order.
 *
 * @throws `db.migration-unfinished`, `db.migration-edited`, `db.migration-unknown` where the records and the
 *   migrations contradict each other.
 */
export function planMigrations(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
): readonly Migration[] {
  const standing = records.filter((record) => !record.isRolledBack);
  const unfinished = standing.find((record) => !record.isFinished);
  if (unfinished) throw dbErrors.create('migration-unfinished', { migration: unfinished.name });
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = standing.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw dbErrors.create('migration-unknown', { migrations: unknown.sort() });
  const applied = new Map(standing.map(({ name, checksum }) => [name, checksum]));
  return migrations.filter(({ name, script }) => {
    const checksum = applied.get(name);
    if (checksum === undefined) return true;
    if (!matchesChecksum(script, checksum)) throw dbErrors.create('migration-edited', { migration: name });
    return false;
  });
}
