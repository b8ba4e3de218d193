export { schemaEnginePath, useWasmSchemaEngine } from './use-wasm-schema-engine.ts';
