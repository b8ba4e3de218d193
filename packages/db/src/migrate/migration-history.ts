import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dbErrors } from '../errors.ts';
import type { Provider } from '../sql/dialect.ts';
import { shippedSchemaFolder } from './schema-folder.ts';

/** One migration as `prisma migrate dev` made it. */
export interface Migration {
  /** The name of its folder: the time it was made, and a title. */
  readonly name: string;
  readonly script: string;
}

/** What brings a database of one provider up to date. */
export interface MigrationHistory {
  /** In the order of their names, which is the order in which they are applied. */
  readonly migrations: readonly Migration[];
  /** Idempotent SQL, run after the migrations; may be empty. */
  readonly extras: string;
}

/** Where migrations come from: a schema folder (default: the shipped one), or a history in memory. */
export interface MigrationSource {
  /** Holds `<provider>/migrations/<name>/migration.sql` and `<provider>/extras.sql`. */
  readonly folder?: string | undefined;
  /** Instead of a folder. */
  readonly history?: MigrationHistory | undefined;
}

/** @throws `db.no-migrations` where the folder, or the script of one of its migrations, is missing. */
export async function readMigrationHistory(source: MigrationSource, provider: Provider): Promise<MigrationHistory> {
  if (source.history) return source.history;
  const folder = join(source.folder ?? shippedSchemaFolder(), provider);
  const path = join(folder, 'migrations');
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw dbErrors.create('no-migrations', { path }, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrations = await Promise.all(
    names.sort().map(async (name) => {
      const file = join(path, name, 'migration.sql');
      const script = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw dbErrors.create('no-migrations', { path: file }, { cause });
      });
      return { name, script };
    }),
  );
  return { migrations, extras: await readOptional(join(folder, 'extras.sql')) };
}

/** The checksum that Prisma Migrate writes for a script. */
export function migrationChecksum(script: string): string {
  return createHash('sha256').update(script).digest('hex');
}

/** Whether a script is the one of a checksum. As for Prisma, the line endings that git may have changed do not count. */
export function matchesChecksum(script: string, checksum: string): boolean {
  const unix = script.replaceAll('\r\n', '\n');
  return [script, unix, unix.replaceAll('\n', '\r\n')].some((variant) => migrationChecksum(variant) === checksum);
}

async function readOptional(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ENOENT') return '';
    throw error;
  }
}
