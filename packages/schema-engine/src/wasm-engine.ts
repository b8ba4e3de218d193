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
  /** Gets the JavaScript errors of the driver adapter, which the engine names by number, from its start on. */
  readonly onErrors: (errors: ErrorRegistry) => void;
}

/** The part of the global `WebAssembly` in use; only the DOM library declares it. */
interface WasmRuntime {
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, object>>,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

const { WebAssembly: runtime } = globalThis as unknown as { readonly WebAssembly: WasmRuntime };

let initialized: Promise<void> | undefined;

/** Starts the WebAssembly build of Prisma's schema engine on the given connections. */
export async function createWasmEngine(options: WasmEngineOptions): Promise<SchemaEngine> {
  initialized ??= initialize();
  await initialized;
  const bound = bindMigrationAwareSqlAdapterFactory(options.factory);
  const datamodels = options.datamodels.map(([path, content]): [string, string] => [path, content]);
  options.onErrors(bound.errorRegistry);
  return glue.SchemaEngine.new({ datamodels }, () => {}, bound);
}

/** Where the engine leaves the message of a panic, of which JavaScript sees only the error "unreachable". */
interface PanicRegistry {
  set_message(message: string): void;
}

let panicMessage: string | undefined;
(globalThis as { PRISMA_WASM_PANIC_REGISTRY?: PanicRegistry }).PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    panicMessage = message;
  },
};

/** What the engine said when it panicked; undefined as long as it did not. No further method is safe to call then. */
export function enginePanic(): string | undefined {
  return panicMessage;
}

/** The package's main entry imports its `.wasm` file as a module, which not every supported Node can. */
async function initialize(): Promise<void> {
  const gluePath = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm'));
  const { instance } = await runtime.instantiate(bytes, { './schema_engine_bg.js': { ...glue } });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}
