import { type Migration, matchesChecksum } from './migration-history.ts';

/** What the database says of a migration. One that was rolled back and applied again has several records. */
export interface MigrationRecord {
  readonly name: string;
  readonly checksum: string;
  readonly startedAt: Date;
  readonly isFinished: boolean;
  readonly isRolledBack: boolean;
  /** What the database said when it failed. */
  readonly logs: string | null;
}

/** A migration that began, and neither finished nor was resolved: Prisma's CLI leaves it behind when it fails. */
export interface FailedMigration {
  readonly name: string;
  readonly startedAt: Date;
  /** What the database said; undefined where the process was ended in the middle. */
  readonly reason: string | undefined;
}

/** How the migrations of a database stand to those of a source. All lists are in the order of the names. */
export interface MigrationReport {
  /** The names of all that the database has, those that were edited or are unknown included. */
  readonly applied: readonly string[];
  /** What the database still needs. */
  readonly pending: readonly string[];
  readonly failed: readonly FailedMigration[];
  /** Applied from another script than the one that the source has now. */
  readonly edited: readonly string[];
  /** Applied, but not in the source. */
  readonly unknown: readonly string[];
  /** Whether the unknown ones go on where the source ends: then a newer version made them. */
  readonly isNewer: boolean;
}

export function reportMigrations(
  migrations: readonly Migration[],
  records: readonly MigrationRecord[],
): MigrationReport {
  const standing = records.filter((record) => !record.isRolledBack);
  const begun = new Set(standing.map(({ name }) => name));
  const finished = new Map(standing.filter((record) => record.isFinished).map((record) => [record.name, record]));
  const known = new Set(migrations.map(({ name }) => name));
  const pending = [...known].filter((name) => !begun.has(name)).sort();
  const unknown = [...finished.keys()].filter((name) => !known.has(name)).sort();
  const last = [...known].sort().at(-1) ?? '';
  return {
    applied: [...finished.keys()].sort(),
    pending,
    failed: standing
      .filter((record) => !record.isFinished)
      .map(({ name, startedAt, logs }) => ({ name, startedAt, reason: logs?.trim() || undefined }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    edited: migrations
      .filter(({ name, script }) => {
        const record = finished.get(name);
        return record !== undefined && !matchesChecksum(script, record.checksum);
      })
      .map(({ name }) => name)
      .sort(),
    unknown,
    isNewer: unknown.length > 0 && pending.length === 0 && unknown.every((name) => name > last),
  };
}
