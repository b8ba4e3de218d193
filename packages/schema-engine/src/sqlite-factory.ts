import { existsSync } from 'node:fs';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { DriverAdapterError, isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { type MigrationsTableProbe, tolerateMissingMigrationsTable } from './migrations-table.ts';
import { sqlitePathOf } from './sqlite-path.ts';

export interface SqliteFactoryOptions {
  readonly url: string;
  readonly probe: MigrationsTableProbe;
}

/** Connections to SQLite for the engine; shadow databases are in memory, as the native engine has them. */
export function createSqliteFactory({ url, probe }: SqliteFactoryOptions): SqlMigrationAwareDriverAdapterFactory {
  const path = sqlitePathOf(url);
  const adapt = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    readThroughTheWriter(adapter);
    keepScriptErrors(adapter);
    quoteLiteralsAsLiterals(adapter);
    tolerateMissingMigrationsTable(adapter, probe);
    return adapter;
  };
  const open = (): SqlMigrationAwareDriverAdapterFactory =>
    createPrismaSqlite({ path, pragmas: { journal_mode: journalModeOf(path) } });
  return {
    provider: 'sqlite',
    adapterName: '@sheaf/adapter-sqlite',
    connect: async () => adapt(await open().connect()),
    connectToShadowDb: async () => adapt(await createPrismaSqlite({ path: ':memory:' }).connectToShadowDb()),
  };
}

/** A migration leaves the journal mode to the application: the adapter would switch the file to WAL for good. */
function journalModeOf(path: string): string {
  if (path === ':memory:' || !existsSync(path)) return 'delete';
  const database = new Database(path, { readonly: true });
  try {
    return String(database.pragma('journal_mode', { simple: true }));
  } finally {
    database.close();
  }
}

/**
 * While it migrates, the engine holds the database by `PRAGMA locking_mode = EXCLUSIVE`, which is a matter of one
 * connection and shuts out the adapter's own readers. A transaction is on the connection that writes.
 */
function readThroughTheWriter(adapter: SqlDriverAdapter): void {
  adapter.queryRaw = async (query) => {
    const transaction = await adapter.startTransaction();
    try {
      return await transaction.queryRaw(query);
    } finally {
      await transaction.commit();
    }
  };
}

/**
 * Hands on what SQLite says of a script as it is: from the adapter's finer kinds (a missing table, a violated
 * constraint, …) the engine would make errors of Prisma's client, instead of saying which migration failed (P3018).
 */
function keepScriptErrors(adapter: SqlDriverAdapter): void {
  const { executeScript, executeRaw } = adapter;
  const keep = (error: unknown): never => {
    if (!isDriverAdapterError(error) || error.cause.originalMessage === undefined) throw error;
    throw new DriverAdapterError({ kind: 'sqlite', extendedCode: 1, message: error.cause.originalMessage });
  };
  adapter.executeScript = (script) => executeScript.call(adapter, script).catch(keep);
  adapter.executeRaw = (query) => {
    const result = executeRaw.call(adapter, query);
    return query.args.length === 0 ? result.catch(keep) : result;
  };
}

/**
 * The engine asks `sqlite_master` for `name = "some_index"`, in double quotes, which only a SQLite with its legacy
 * misfeature (DQS) takes as a string. better-sqlite3 is built without it, and the name would be read as a column.
 */
function quoteLiteralsAsLiterals(adapter: SqlDriverAdapter): void {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = (query) =>
    queryRaw({
      ...query,
      sql: query.sql.replace(
        /(\bsqlite_master\b.*\bname = )"((?:[^"]|"")*)"/s,
        (_, before: string, name: string) => `${before}'${name.replaceAll('""', '"').replaceAll("'", "''")}'`,
      ),
    });
}
