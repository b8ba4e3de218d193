export type { DiffSchemasOptions, SchemaFiles } from './diff-schemas.ts';
export { diffSchemas } from './diff-schemas.ts';
export { schemaEnginePath, useWasmSchemaEngine } from './use-wasm-schema-engine.ts';
