import { existsSync } from 'node:fs';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import Database from 'better-sqlite3';
import { makeErrorsReadable } from './adapter-errors.ts';
import type { ScriptFailure } from './migration-failure.ts';
import { type MigrationsTableProbe, tolerateMissingMigrationsTable } from './migrations-table.ts';
import { openLockableAdapter } from './sqlite-exclusive-lock.ts';
import { executeSqliteMigration } from './sqlite-migration.ts';
import { sqlitePathOf } from './sqlite-path.ts';

export interface SqliteFactoryOptions {
  readonly url: string;
  readonly probe: MigrationsTableProbe;
  /** Whether a script is the one of a migration that is being applied. */
  readonly isMigration: (script: string) => boolean;
  readonly onScriptFailure: (failure: ScriptFailure) => void;
}

/** How long to wait for locks of others, in milliseconds. */
const patience = 10_000;

/** Connections to SQLite for the engine; shadow databases are in memory, as the native engine has them. */
export function createSqliteFactory(options: SqliteFactoryOptions): SqlMigrationAwareDriverAdapterFactory {
  const { url, probe, isMigration, onScriptFailure } = options;
  const path = sqlitePathOf(url);
  const adapt = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    readThroughTheWriter(adapter);
    applyMigrationsWhole(adapter, isMigration);
    reportScriptFailures(adapter, onScriptFailure);
    quoteLiteralsAsLiterals(adapter);
    makeErrorsReadable(adapter);
    tolerateMissingMigrationsTable(adapter, probe);
    return adapter;
  };
  const inMemory = createPrismaSqlite({ path: ':memory:' });
  const openFile = async (): Promise<SqlDriverAdapter> => {
    const pragmas = { journal_mode: journalModeOf(path) };
    const open = (busyTimeout: number): Promise<SqlDriverAdapter> =>
      createPrismaSqlite({ path, pragmas, busyTimeout }).connect();
    return openLockableAdapter({ open, patience });
  };
  return {
    provider: 'sqlite',
    adapterName: '@sheaf/adapter-sqlite',
    connect: async () => adapt(await (path === ':memory:' ? inMemory.connect() : openFile())),
    connectToShadowDb: async () => adapt(await inMemory.connectToShadowDb()),
  };
}

/** A migration leaves the journal mode to the application: the adapter would switch the file to WAL for good. */
function journalModeOf(path: string): string {
  if (!existsSync(path)) return 'delete';
  const database = new Database(path, { readonly: true, timeout: patience });
  try {
    return String(database.pragma('journal_mode', { simple: true }));
  } finally {
    database.close();
  }
}

/**
 * While it migrates, the engine has the database for itself (see sqlite-exclusive-lock.ts), which is a matter of one
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

function applyMigrationsWhole(adapter: SqlDriverAdapter, isMigration: (script: string) => boolean): void {
  const { executeRaw, executeScript } = adapter;
  const inner = { ...adapter };
  adapter.executeScript = (script) =>
    isMigration(script) ? executeSqliteMigration(inner, script) : executeScript.call(adapter, script);
  adapter.executeRaw = async (query) => {
    if (query.args.length > 0 || !isMigration(query.sql)) return executeRaw.call(adapter, query);
    await executeSqliteMigration(inner, query.sql);
    return 0;
  };
}

/** The engine sends scripts through `executeRaw` too, when they have no parameters. */
function reportScriptFailures(adapter: SqlDriverAdapter, report: (failure: ScriptFailure) => void): void {
  const { executeRaw, executeScript } = adapter;
  const failWith = (script: string) => (error: unknown) => {
    if (isDriverAdapterError(error)) {
      const { originalCode = '', originalMessage = error.message } = error.cause;
      report({ script, code: originalCode, message: originalMessage });
    }
    throw error;
  };
  adapter.executeScript = (script) => executeScript.call(adapter, script).catch(failWith(script));
  adapter.executeRaw = (query) => {
    const result = executeRaw.call(adapter, query);
    return query.args.length > 0 ? result : result.catch(failWith(query.sql));
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
