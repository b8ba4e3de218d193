import type { ErrorRegistry, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type {
  ApplyMigrationsInput,
  CreateDatabaseParams,
  CreateMigrationInput,
  DbExecuteParams,
  DiagnoseMigrationHistoryInput,
  DiagnoseMigrationHistoryOutput,
  DiffParams,
  EvaluateDataLossInput,
  MarkMigrationAppliedInput,
  MigrationList,
  ResetInput,
  SchemaEngine,
} from '@prisma/schema-engine-wasm';
import { runDatabaseCommand } from './database-command.ts';
import { enablePreviewFeatures } from './enable-preview-features.ts';
import type { EngineArguments } from './engine-arguments.ts';
import { EngineError } from './engine-error.ts';
import { chooseEngineInput, namespacesOf } from './engine-input.ts';
import type { RpcRequest } from './json-rpc.ts';
import { migrationFailure, migrationOf, type ScriptFailure } from './migration-failure.ts';
import { createMigrationsTable, type MigrationsTableProbe } from './migrations-table.ts';
import { createPostgresFactory } from './postgres-factory.ts';
import type { EngineProvider } from './provider.ts';
import { resetSqlite } from './reset-sqlite.ts';
import { applyExtras } from './sql-extras.ts';
import { createSqliteFactory } from './sqlite-factory.ts';
import { createWasmEngine } from './wasm-engine.ts';

export interface EngineSessionOptions {
  readonly arguments: EngineArguments;
}

/** Answers the requests of one run of Prisma's CLI. */
export interface EngineSession {
  handle(request: RpcRequest): Promise<unknown>;
  /** The driver adapter's errors, once the engine runs. */
  errors(): ErrorRegistry | undefined;
  /** Closes the connection and removes what must not outlive an interrupted process (shadow databases). */
  cleanUp(): Promise<void>;
}

interface Running {
  readonly engine: SchemaEngine;
  readonly provider: EngineProvider;
  readonly url: string;
}

type Method = (running: Running, params: never, request: RpcRequest) => Promise<unknown>;

/**
 * Most methods are the engine's own; the ones below differ between Prisma's native engine and the WebAssembly build,
 * and are brought back to what the native one does.
 */
export function createEngineSession(options: EngineSessionOptions): EngineSession {
  const { datasource, datamodels } = options.arguments;
  const probe: MigrationsTableProbe = { isOptional: false, wasMissing: false };
  const cleanups = new Set<() => Promise<void>>();
  // Of the present request.
  let scriptFailure: ScriptFailure | undefined;
  let migrationsToApply: MigrationList | undefined;
  const onScriptFailure = (failure: ScriptFailure): void => {
    scriptFailure = failure;
  };
  let starting: Promise<Running> | undefined;
  let errors: ErrorRegistry | undefined;
  // `migrate dev` applies what is there before it looks at the schema; see applyMigrations.
  let isHistoryBehindSchema = false;
  let isDiagnosisOutdated = false;

  const start = async (params: unknown): Promise<Running> => {
    const input = chooseEngineInput({ datasource, datamodels, params });
    const onCleanup = (cleanup: () => Promise<void>): (() => void) => {
      cleanups.add(cleanup);
      return () => cleanups.delete(cleanup);
    };
    const isMigration = (script: string): boolean => migrationOf(script, migrationsToApply) !== undefined;
    const factory =
      input.provider === 'sqlite'
        ? createSqliteFactory({ url: input.url, probe, isMigration, onScriptFailure })
        : createPostgresFactory({
            url: input.url,
            shadowDatabaseUrl: datasource.shadowDatabaseUrl,
            namespaces: namespacesOf(input.datamodels),
            probe,
            isMigration,
            onScriptFailure,
            onCleanup,
          });
    const engine = await createWasmEngine({
      datamodels: input.datamodels,
      factory: closingAtTheEnd(factory, onCleanup),
      onErrors: (registry) => {
        errors = registry;
      },
    });
    await enablePreviewFeatures(engine, datamodels);
    return { engine, provider: input.provider, url: input.url };
  };

  /** The database's own words say more than what the engine makes of them ("the underlying table for model …"). */
  const executeScript = async ({ engine, url }: Pick<Running, 'engine' | 'url'>, script: string): Promise<void> => {
    await engine.dbExecute({ datasourceType: { tag: 'url', url }, script }).catch((error: unknown) => {
      throw scriptFailure ? new EngineError(scriptFailure.message, { cause: error }) : error;
    });
  };

  const methods: Readonly<Record<string, Method>> = {
    debugPanic: async ({ engine }) => engine.debugPanic(),
    getDatabaseVersion: ({ engine }) => engine.version(),

    dbExecute: (running, { script }: DbExecuteParams) => executeScript(running, script),

    async reset({ engine, provider, url }, params: ResetInput) {
      if (provider === 'sqlite') resetSqlite(url);
      else await engine.reset(params);
    },

    async diff({ engine }, params: DiffParams, { print }) {
      const { exitCode, stdout } = await engine.diff(params);
      if (stdout !== null) await print(stdout.replace(/\n$/, ''));
      return { exitCode, stdout: null };
    },

    async devDiagnostic({ engine }, params) {
      isHistoryBehindSchema = true;
      isDiagnosisOutdated = false;
      return engine.devDiagnostic(params);
    },

    async applyMigrations({ engine, provider, url }, params: ApplyMigrationsInput) {
      migrationsToApply = params.migrationsList;
      const result = await engine.applyMigrations(params).catch((error: unknown) => {
        throw (scriptFailure && migrationFailure(scriptFailure, params.migrationsList)) ?? error;
      });
      if (result.appliedMigrationNames.length > 0) isDiagnosisOutdated = true;
      // The extras may speak of tables that only the migration creates which `migrate dev` is about to make.
      if (!isHistoryBehindSchema) {
        const execute = (script: string): Promise<void> => executeScript({ engine, url }, script);
        await applyExtras({ provider, execute, migrationsDirectory: params.migrationsList.baseDir });
      }
      return result;
    },

    async diagnoseMigrationHistory(
      { engine },
      params: DiagnoseMigrationHistoryInput,
    ): Promise<DiagnoseMigrationHistoryOutput> {
      const diagnosis = await engine.diagnoseMigrationHistory(params);
      return probe.wasMissing ? { ...diagnosis, hasMigrationsTable: false } : diagnosis;
    },

    /** Baselining: the first migration marked as applied finds no table (see tolerateMissingMigrationsTable). */
    async markMigrationApplied({ engine, provider, url }, params: MarkMigrationAppliedInput) {
      await executeScript({ engine, url }, createMigrationsTable[provider]);
      return engine.markMigrationApplied(params);
    },

    /**
     * The engine compares with the schema of the applied migrations that devDiagnostic has left in its cache: without
     * it, it knows no way to a shadow database. After pending migrations were applied, the cache lacks them.
     */
    async evaluateDataLoss({ engine }, params: EvaluateDataLossInput) {
      const { migrationsList, filters } = params;
      if (isDiagnosisOutdated) await engine.devDiagnostic({ migrationsList, filters });
      isDiagnosisOutdated = false;
      return engine.evaluateDataLoss(params);
    },

    async createMigration({ engine }, params: CreateMigrationInput) {
      isHistoryBehindSchema = false;
      return engine.createMigration(params);
    },
  };

  return {
    async handle(request) {
      const { method, params } = request;
      if (method === 'createDatabase') {
        const { datasource: named } = params as CreateDatabaseParams;
        const url = 'url' in named ? named.url : datasource.url;
        return { databaseName: await runDatabaseCommand('create-database', url ?? '') };
      }
      probe.isOptional = method !== 'applyMigrations';
      probe.wasMissing = false;
      scriptFailure = undefined;
      migrationsToApply = undefined;
      starting ??= start(params);
      const running = await starting;
      const own = methods[method];
      return own ? own(running, params as never, request) : callEngine(running.engine, method, params);
    },
    errors: () => errors,
    async cleanUp() {
      await Promise.allSettled([...cleanups].map((cleanup) => cleanup()));
    },
  };
}

/** The engine never disposes of the main connection; a SQLite file closed properly leaves no journal behind. */
function closingAtTheEnd(
  factory: SqlMigrationAwareDriverAdapterFactory,
  onCleanup: (cleanup: () => Promise<void>) => void,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    ...factory,
    async connect() {
      const adapter = await factory.connect();
      onCleanup(() => adapter.dispose());
      return adapter;
    },
  };
}

async function callEngine(engine: SchemaEngine, method: string, params: unknown): Promise<unknown> {
  const call: unknown = Reflect.get(engine, method);
  if (typeof call !== 'function') throw new Error(`The WebAssembly schema engine has no method ${method}.`);
  return call.call(engine, params);
}
