import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ErrorRegistry, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';

export interface WasmEngineOptions {
  readonly datamodels: readonly (readonly [path: string, content: string])[];
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
}

export interface WasmEngine {
  readonly engine: SchemaEngine;
  /** Holds the JavaScript errors of the driver adapter that the engine names by number. */
  readonly errors: ErrorRegistry;
}

let initialized: Promise<void> | undefined;

/** Starts the WebAssembly build of Prisma's schema engine on the given connections. */
export async function createWasmEngine(options: WasmEngineOptions): Promise<WasmEngine> {
  initialized ??= initialize();
  await initialized;
  const bound = bindMigrationAwareSqlAdapterFactory(options.factory);
  const datamodels = options.datamodels.map(([path, content]): [string, string] => [path, content]);
  const engine = await glue.SchemaEngine.new({ datamodels }, () => {}, bound);
  return { engine, errors: bound.errorRegistry };
}

/** The package's main entry imports its `.wasm` file as a module, which not every supported Node can. */
async function initialize(): Promise<void> {
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...glue } });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}
