import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dbErrors } from '../errors.ts';
import { matchesChecksum, migrationChecksum } from '../migrate/migration-history.ts';
import { shippedSchemaFolder } from '../migrate/schema-folder.ts';
import { PROVIDERS } from './prisma-schema.ts';

export interface EjectHistoryOptions {
  /** The app's own schema folder, usually `prisma`. */
  readonly folder: string;
  /** Where the history comes from; default the shipped one. */
  readonly source?: string;
}

export interface EjectHistoryResult {
  /** Paths relative to the folder, of what was written; empty where the folder had everything. */
  readonly changed: readonly string[];
}

/**
 * Gives an app the shipped migrations of both databases, to go on from with its own. Only what the folder lacks is
 * written, so that it can be called again after an update, for the migrations that are new.
 *
 * @throws `db.migration-edited` where the folder has another script under the name of a shipped one; then nothing was
 *   written.
 */
export function ejectHistory({ folder, source = shippedSchemaFolder() }: EjectHistoryOptions): EjectHistoryResult {
  const missing = PROVIDERS.flatMap((provider) => filesOf(source, `${provider}/migrations`)).filter(
    (path) => !isThere(path, folder, source),
  );
  for (const path of missing) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(join(source, path)));
  }
  return { changed: missing };
}

/** The files of each migration, and the lock file that tells Prisma's CLI the provider. */
function filesOf(source: string, path: string): string[] {
  return readdirSync(join(source, path), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? `${path}/${entry.name}/migration.sql` : `${path}/${entry.name}`));
}

function isThere(path: string, folder: string, source: string): boolean {
  const target = join(folder, path);
  if (!existsSync(target)) return false;
  const [provider, , migration, file] = path.split('/');
  const checksum = migrationChecksum(readFileSync(join(source, path), 'utf8'));
  if (file !== undefined && !matchesChecksum(readFileSync(target, 'utf8'), checksum)) {
    throw dbErrors.create('migration-edited', { migration: `${provider}/${migration}` });
  }
  return true;
}
