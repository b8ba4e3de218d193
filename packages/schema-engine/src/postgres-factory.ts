import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { makeErrorsReadable } from './adapter-errors.ts';
import { EngineError } from './engine-error.ts';
import type { ScriptFailure } from './migration-failure.ts';
import { type MigrationsTableProbe, tolerateMissingMigrationsTable } from './migrations-table.ts';
import { quoteIdentifier, runOnDatabase, runOnServer } from './postgres-administration.ts';
import { showRowsTo } from './postgres-migration.ts';
import { type PostgresTarget, parsePostgresUrl } from './postgres-url.ts';

export interface PostgresFactoryOptions {
  readonly url: string;
  readonly shadowDatabaseUrl: string | undefined;
  /** The PostgreSQL schemas that the datasource names, besides the one of the URL. */
  readonly namespaces: readonly string[];
  readonly probe: MigrationsTableProbe;
  /** Whether a script is the one of a migration that is being applied. */
  readonly isMigration: (script: string) => boolean;
  readonly onScriptFailure: (failure: ScriptFailure) => void;
  /** Called with the undoing of a thing that must not outlive the process; returns its deregistration. */
  readonly onCleanup: (cleanup: () => Promise<void>) => () => void;
}

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>;

/**
 * Connections to PostgreSQL for the engine, through the published `@prisma/adapter-pg`, whose parts that are unfit for
 * migrations are replaced: see the functions below, and `connectToShadowDb`, which there ignores the new database when
 * the connection is described by a URL, and so would migrate the main one.
 */
export function createPostgresFactory(options: PostgresFactoryOptions): SqlMigrationAwareDriverAdapterFactory {
  const target = parsePostgresUrl(options.url);
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(target, options),
    connectToShadowDb: () =>
      options.shadowDatabaseUrl
        ? openGivenShadow(target, options.shadowDatabaseUrl, options)
        : openShadowOfOurOwn(target, options),
  };
}

async function openShadowOfOurOwn(target: PostgresTarget, options: PostgresFactoryOptions): Promise<SqlDriverAdapter> {
  const database = `prisma_migrate_shadow_db_${randomUUID()}`;
  const drop = (): Promise<void> => runOnServer(target, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
  const creation = runOnServer(target, `CREATE DATABASE "${database}"`);
  // From the first moment on: a database that is being made when the process is ended would stay.
  const forget = options.onCleanup(() => creation.catch(() => {}).then(drop));
  await creation;
  const adapter = await open({ ...target, config: { ...target.config, database } }, options);
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = async () => {
    await dispose();
    await drop();
    forget();
  };
  return adapter;
}

/** The native engine empties a shadow database that the user provides; the WebAssembly build takes it for a new one. */
async function openGivenShadow(
  target: PostgresTarget,
  url: string,
  options: PostgresFactoryOptions,
): Promise<SqlDriverAdapter> {
  const { schema } = target;
  const shadow = parsePostgresUrl(url, { schema });
  if ((['host', 'port', 'database'] as const).every((part) => shadow.config[part] === target.config[part])) {
    throw new EngineError(
      'The shadow database you configured appears to be the same as the main database. ' +
        'Please specify another shadow database.',
    );
  }
  for (const name of new Set([shadow.schema, ...options.namespaces])) {
    await runOnDatabase(shadow, `DROP SCHEMA IF EXISTS ${quoteIdentifier(name)} CASCADE`);
  }
  return open(shadow, options);
}

async function open(target: PostgresTarget, options: PostgresFactoryOptions): Promise<SqlDriverAdapter> {
  // Fails with Prisma's code, which the errors of the engine's own first query have lost.
  await runOnDatabase(target, 'SELECT 1');
  // One connection: the engine's advisory lock and its session settings belong to a connection.
  const pool = new pg.Pool({ ...target.config, max: 1 });
  const factory = new PrismaPg(pool, { schema: target.schema, disposeExternalPool: true });
  const adapter = await factory.connect();
  runScriptsWhole(adapter, options);
  understandCharColumns(adapter);
  makeErrorsReadable(adapter);
  tolerateMissingMigrationsTable(adapter, options.probe);
  return adapter;
}

/**
 * As published, `executeScript` splits at every `;`, also inside of strings, comments and function bodies. The engine
 * sends scripts through `executeRaw` too, when they have no parameters.
 */
function runScriptsWhole(
  adapter: PgAdapter,
  { isMigration, onScriptFailure }: Pick<PostgresFactoryOptions, 'isMigration' | 'onScriptFailure'>,
): void {
  adapter.executeScript = async (script) => {
    const { text, offset } = isMigration(script) ? showRowsTo(script) : { text: script, offset: 0 };
    try {
      await adapter.underlyingDriver().query(text);
    } catch (error) {
      if (error instanceof pg.DatabaseError)
        onScriptFailure({ script, code: error.code ?? '', message: explain(error, script, offset) });
      internalsOf(adapter).onError(error);
    }
  };
  const executeRaw = adapter.executeRaw.bind(adapter);
  adapter.executeRaw = async (query) => {
    if (query.args.length > 0) return executeRaw(query);
    await adapter.executeScript(query.sql);
    return 0;
  };
}

function explain(error: pg.DatabaseError, script: string, offset: number): string {
  const { severity = 'ERROR', message, detail, hint, position } = error;
  return [
    `${severity}: ${message}`,
    detail && `DETAIL: ${detail}`,
    hint && `HINT: ${hint}`,
    position && `LINE: ${script.slice(0, Number(position) - offset).split('\n').length}`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** The methods that `PgQueryable` declares `private` or `protected`, and that its own methods call on `this`. */
interface PgInternals {
  performIO(query: unknown): Promise<pg.QueryArrayResult>;
  onError(error: unknown): never;
}

function internalsOf(adapter: PgAdapter): PgInternals {
  return adapter as unknown as PgInternals;
}

const charOid = 18;
const bpcharOid = 1042;

/**
 * The published adapter refuses columns of the internal type `"char"` (oid 18), which the engine reads from the
 * catalogue (`pg_constraint.confdeltype`, …). They are passed through as `bpchar`, then declared as characters.
 */
function understandCharColumns(adapter: PgAdapter): void {
  const { queryRaw } = adapter;
  const { performIO } = internalsOf(adapter);
  adapter.queryRaw = async (query) => {
    let charColumns: readonly boolean[] = [];
    const scope: PgAdapter & PgInternals = Object.assign(Object.create(adapter) as PgAdapter & PgInternals, {
      async performIO(this: PgInternals, request: unknown): Promise<pg.QueryArrayResult> {
        const result = await performIO.call(this, request);
        charColumns = result.fields.map((field) => field.dataTypeID === charOid);
        for (const field of result.fields) if (field.dataTypeID === charOid) field.dataTypeID = bpcharOid;
        return result;
      },
    });
    const result = await queryRaw.call(scope, query);
    const columnTypes = result.columnTypes.map((type, index) => (charColumns[index] ? ColumnTypeEnum.Character : type));
    return { ...result, columnTypes };
  };
}
