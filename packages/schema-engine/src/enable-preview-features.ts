import type { SchemaEngine } from '@prisma/schema-engine-wasm';

/**
 * Makes the engine see a database with the preview features of the schema.
 *
 * The native engine reads them when it connects. The WebAssembly build is given a connection and starts with none, so
 * that a partial index (preview `partialIndexes`) in the database would be a plain one to it: new in every migration,
 * and in the way of every `db push`. There, comparing the database with a schema is what tells the connection about
 * the features of that schema, for all that follows; the result of the comparison is of no interest.
 */
export async function enablePreviewFeatures(
  engine: SchemaEngine,
  datamodels: readonly (readonly [path: string, content: string])[],
): Promise<void> {
  if (!datamodels.some(([, content]) => /\bpreviewFeatures\b/.test(content))) return;
  const files = datamodels.map(([path, content]) => ({ path, content }));
  await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: process.cwd() },
    to: { tag: 'schemaDatamodel', files },
    script: false,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
}
