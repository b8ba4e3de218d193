import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { type MigrationsTableProbe, tolerateMissingMigrationsTable } from './migrations-table.ts';
import { sqlitePathOf } from './sqlite-path.ts';

export interface SqliteFactoryOptions {
  readonly url: string;
  readonly shadowDatabaseUrl: string | undefined;
  readonly probe: MigrationsTableProbe;
}

/** Connections to SQLite for the engine. The shadow database is in memory unless its URL is given. */
export function createSqliteFactory(options: SqliteFactoryOptions): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaBetterSqlite3(
    { url: sqlitePathOf(options.url) },
    { shadowDatabaseUrl: options.shadowDatabaseUrl },
  );
  const adapt = (adapter: SqlDriverAdapter): SqlDriverAdapter => {
    const executeRaw = adapter.executeRaw.bind(adapter);
    adapter.executeRaw = async (q) => {
      if (q.args.length) return executeRaw(q);
      await adapter.executeScript(q.sql);
      return 0;
    };
    quoteLiteralsAsLiterals(adapter);
    tolerateMissingMigrationsTable(adapter, options.probe);
    return adapter;
  };
  return {
    provider: 'sqlite',
    adapterName: factory.adapterName,
    connect: async () => adapt(await factory.connect()),
    connectToShadowDb: async () => adapt(await factory.connectToShadowDb()),
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
        /(\bsqlite_master\b.*\bname = )"((?:[^"]|"")*)"/,
        (_, before: string, name: string) => `${before}'${name.replaceAll('""', '"').replaceAll("'", "''")}'`,
      ),
    });
}
