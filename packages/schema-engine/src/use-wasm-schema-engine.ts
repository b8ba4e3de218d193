import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of the executable that stands in for Prisma's native `schema-engine`. */
export const schemaEnginePath: string = fileURLToPath(new URL('../bin/schema-engine.mjs', import.meta.url));

/**
 * Makes Prisma's CLI use the WebAssembly schema engine, so that it downloads nothing. Call it at the top of
 * `prisma.config.ts`, which the CLI loads before it looks for an engine. An engine chosen by the user
 * (`PRISMA_SCHEMA_ENGINE_BINARY` is set) is respected, and then nothing changes.
 *
 * The directory of the running Node is put first on `PATH`: the CLI starts the engine as an executable whose first
 * line says `env node`, which must not find an older Node than the one that runs the CLI.
 *
 * @param env the environment to change; default `process.env`.
 * @example
 * ```ts
 * import { useWasmSchemaEngine } from '@sheaf/schema-engine';
 * import { defineConfig } from 'prisma/config';
 *
 * useWasmSchemaEngine();
 *
 * export default defineConfig({ schema: 'prisma', datasource: { url: 'file:./dev.db' } });
 * ```
 */
export function useWasmSchemaEngine(env: NodeJS.ProcessEnv = process.env): void {
  if (env.PRISMA_SCHEMA_ENGINE_BINARY) return;
  env.PRISMA_SCHEMA_ENGINE_BINARY = schemaEnginePath;
  const directory = dirname(process.execPath);
  const path = env.PATH ?? '';
  if (path.split(delimiter)[0] !== directory) env.PATH = path === '' ? directory : `${directory}${delimiter}${path}`;
}
