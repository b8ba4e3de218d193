import { join, resolve } from 'node:path';
import { connect } from '../connection/connect.ts';
import type { Connection, ConnectOptions, PrismaClientPort } from '../connection/connection.ts';
import { parseDatabaseUrl } from '../connection/database-url.ts';
import { dbErrors } from '../errors.ts';
import { applyMigrations } from '../migrate/apply-migrations.ts';
import { assertSound } from '../migrate/inspect-migrations.ts';
import { type MigrationSource, readMigrationHistory } from '../migrate/migration-history.ts';
import { readMigrationRecords } from '../migrate/migration-records.ts';
import { reportMigrations } from '../migrate/migration-report.ts';
import { digestFile } from './durable-files.ts';
import { listTables } from './export-tables.ts';
import { importTables } from './import-tables.ts';
import { type BackupManifest, readManifest, recordsOf } from './manifest.ts';
import { restoreSqlite } from './restore-sqlite.ts';

export interface RestoreOptions<Client extends PrismaClientPort> extends ConnectOptions<Client> {
  /** The folder that `backupDatabase` has written. */
  readonly backup: string;
  /** The database to restore into: one that does not exist, or an empty one. */
  readonly url: string;
  /** Whether a database that is there is replaced. Nobody may be working on it. Default false. */
  readonly overwrite?: boolean | undefined;
  /** Where the files of contents go; default `<database file>-bytes`. */
  readonly bytesFolder?: string | undefined;
  /** What the database is going to be migrated by: it must know the migrations of the backup. */
  readonly migrations?: MigrationSource | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tells what was restored. */
export interface Restored extends BackupManifest {
  /** SQLite: what was there before and was replaced is kept under these names. */
  readonly replaced: readonly string[];
}

/**
 * Restores a backup, verified by its hashes: all of it, or nothing. Then the migrations are applied that have come since.
 *
 * @throws `db.backup-damaged`, `db.restore-refused`, `db.database-newer`, `db.migration-unknown`,
 *   `db.migration-edited`; and as the disk or the server fails.
 */
export async function restoreBackup<Client extends PrismaClientPort>(
  options: RestoreOptions<Client>,
): Promise<Restored> {
  const { url, migrations = {}, overwrite = false, bytesFolder, signal } = options;
  const folder = resolve(options.backup);
  const manifest = await readManifest(folder);
  const target = parseDatabaseUrl(url);
  const label = target.provider === 'sqlite' ? target.path : target.label;
  if (target.provider !== manifest.provider) {
    const reason = `the backup is one of ${manifest.provider}`;
    const hint = 'Name a database of the same kind by --database.';
    throw dbErrors.create('restore-refused', { target: label, reason }, { hint });
  }
  const history = await readMigrationHistory(migrations, manifest.provider);
  assertSound(reportMigrations(history.migrations, recordsOf(manifest)));
  await verifyParts(folder, manifest);
  if (target.provider === 'sqlite') {
    const replaced = await restoreSqlite({ folder, manifest, path: target.path, overwrite, bytesFolder, signal });
    await withConnection(options, (connection) => applyMigrations(connection, { history }));
    return { ...manifest, replaced };
  }
  await withConnection(options, async (connection) => {
    const names = new Set(manifest.migrations.map(({ name }) => name));
    if ((await listTables(connection.sql)).length === 0) {
      const known = history.migrations.filter(({ name }) => names.has(name));
      await applyMigrations(connection, { history: { migrations: known, extras: '' } });
    } else {
      const applied = await readMigrationRecords(connection.sql);
      const isSame = applied.length === names.size && applied.every(({ name }) => names.has(name));
      const hint = 'Restore into a database that has no tables.';
      const reason = 'its migrations are not those of the backup';
      if (!isSame) throw dbErrors.create('restore-refused', { target: label, reason }, { hint });
    }
    await connection.runScript((script) => importTables(script, { folder, manifest, overwrite, label, signal }));
    await applyMigrations(connection, { history });
  });
  return { ...manifest, replaced: [] };
}

async function withConnection<Client extends PrismaClientPort>(
  options: ConnectOptions<Client>,
  work: (connection: Connection<Client>) => Promise<unknown>,
): Promise<void> {
  const connection = await connect(options);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

async function verifyParts(folder: string, { parts }: BackupManifest): Promise<void> {
  for (const { path, bytes, sha256 } of parts) {
    const found = await digestFile(join(folder, path)).catch((cause: unknown) => {
      throw dbErrors.create('backup-damaged', { path: folder, reason: `${path} cannot be read` }, { cause });
    });
    if (found.bytes === bytes && found.sha256 === sha256) continue;
    throw dbErrors.create('backup-damaged', { path: folder, reason: `${path} is not as it was written` });
  }
}
