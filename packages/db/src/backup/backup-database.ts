import * as files from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ByteStore } from '../bytes/byte-store.ts';
import { createDatabaseByteStore } from '../bytes/database-byte-store.ts';
import { createFileByteStore } from '../bytes/file-byte-store.ts';
import { toFileError } from '../bytes/file-errors.ts';
import { syncFolder } from '../bytes/sync-names.ts';
import type { Connection } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import { readMigrationRecords } from '../migrate/migration-records.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { type CopiedContents, copyContents, dropUnnamed } from './copy-contents.ts';
import { digestFile, exists, syncTree } from './durable-files.ts';
import { exportTables, readSequences } from './export-tables.ts';
import { type BackupManifest, BYTES, MANIFEST } from './manifest.ts';
import { withCopy } from './open-copy.ts';
import { withScratchFolder } from './scratch-folder.ts';

export interface BackupOptions {
  readonly connection: Connection<unknown>;
  /** Becomes the backup, a folder; it must not exist. */
  readonly target: string;
  /** Where the files of contents are; default the connection's own folder. */
  readonly bytesFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((phase: 'contents' | 'database', done: number, total?: number) => void) | undefined;
}

/** Tells what a backup holds. */
export interface Backup extends BackupManifest {
  /** Absolute. */
  readonly path: string;
}

/**
 * Writes a backup: the database as of one moment, and the bytes that its rows name, while others read and write. It is
 * there as a whole or not at all, and outlasts a power cut. An SQLite database is copied page by page; the tables of a
 * PostgreSQL schema are written as lines of JSON, as one snapshot has them.
 *
 * @throws `db.backup-exists`, `db.disk-full`, `db.disk-error`, `db.not-writable`; and as the database fails.
 */
export async function backupDatabase(options: BackupOptions): Promise<Backup> {
  const target = resolve(options.target);
  if (await exists(target)) throw dbErrors.create('backup-exists', { path: target });
  const { sql: db, label } = options.connection;
  if ((await readMigrationRecords(db)).length === 0) throw dbErrors.create('backup-empty', { label });
  try {
    return await withScratchFolder(target, async (partial) => {
      const manifest = await (options.connection.copyTo
        ? copySqlite(options, partial)
        : exportPostgresql(options, partial));
      options.signal?.throwIfAborted();
      await files.writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
      await syncTree(partial);
      await files.rename(partial, target);
      await syncFolder(files, dirname(target));
      return { ...manifest, path: target };
    });
  } catch (error) {
    throw toFileError(error, target);
  }
}

/**
 * The bytes come first, and those that came meanwhile after the database: pruning takes no bytes from rows of the copy
 * that were not copied before, as it spares what is young.
 */
async function copySqlite(options: BackupOptions, folder: string): Promise<BackupManifest> {
  const { connection, bytesFolder = connection.bytesFolder, signal, onProgress } = options;
  const from: ByteStore =
    bytesFolder === undefined ? createDatabaseByteStore() : createFileByteStore({ folder: bytesFolder });
  const to = createFileByteStore({ folder: join(folder, BYTES) });
  const onContents = (done: number): void => onProgress?.('contents', done);
  await copyContents({ db: connection.sql, from, to, signal, onContents });
  const path = 'database.db';
  const file = join(folder, path);
  await connection.copyTo?.({
    file,
    onPages(done, total) {
      signal?.throwIfAborted();
      onProgress?.('database', done, total);
    },
  });
  const facts = await withCopy(file, async (db) => {
    const contents = await copyContents({ db, from, to, signal, onContents });
    await dropUnnamed({ db, to });
    return { migrations: await migrationsOf(db), contents };
  });
  const parts = [{ path, ...(await digestFile(file)) }];
  return manifestOf({ provider: 'sqlite', parts, sequences: [], ...facts });
}

async function exportPostgresql(options: BackupOptions, folder: string): Promise<BackupManifest> {
  const { connection, signal, onProgress } = options;
  return connection.snapshot(async (db) => {
    // As the login, before the tables are read as the administrator of workspaces.
    const [migrations, sequences] = [await migrationsOf(db), await readSequences(db)];
    const onTable = (done: number, total: number): void => onProgress?.('database', done, total);
    const parts = await exportTables({ db, folder, signal, onTable });
    const contents = { files: 0, bytes: 0, missing: [] };
    return manifestOf({ provider: 'postgresql', migrations, parts, sequences, contents });
  });
}

async function migrationsOf(db: SqlExecutor): Promise<BackupManifest['migrations']> {
  const records = await readMigrationRecords(db);
  const standing = records.filter(({ isFinished, isRolledBack }) => isFinished && !isRolledBack);
  return standing.map(({ name, checksum }) => ({ name, checksum }));
}

function manifestOf({
  contents: { files: count, bytes, missing },
  ...rest
}: Pick<BackupManifest, 'provider' | 'migrations' | 'parts' | 'sequences'> & {
  readonly contents: CopiedContents;
}): BackupManifest {
  const createdAt = new Date().toISOString();
  return { format: 1, createdAt, ...rest, contents: { files: count, bytes }, missing };
}
