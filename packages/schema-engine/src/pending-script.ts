import type { MigrationList, SchemaEngine, SchemaFilter, SchemasContainer } from '@prisma/schema-engine-wasm';

export interface PendingScriptOptions {
  readonly migrationsList: MigrationList;
  readonly schema: SchemasContainer;
  readonly filters: SchemaFilter;
}

/**
 * The SQL that takes the history of migrations to the schema; undefined if nothing differs.
 *
 * The engine's own `createMigration` and `evaluateDataLoss` compare with a description of the migrations that was made
 * without the schema's preview features, so that a partial index (preview `partialIndexes`) would be made anew by every
 * migration. `diff` reads them, and so decides.
 */
export async function pendingScript(engine: SchemaEngine, options: PendingScriptOptions): Promise<string | undefined> {
  const { migrationsList, schema, filters } = options;
  const { exitCode, stdout } = await engine.diff({
    from: migrationsList.migrationDirectories.length > 0 ? { tag: 'migrations', ...migrationsList } : { tag: 'empty' },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters,
  });
  return exitCode === 2 ? (stdout ?? undefined) : undefined;
}
