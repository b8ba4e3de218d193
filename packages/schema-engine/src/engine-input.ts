import type { DiffParams, DiffTarget } from '@prisma/schema-engine-wasm';
import type { Datasource } from './engine-arguments.ts';
import { EngineError } from './engine-error.ts';
import { type EngineProvider, providerOfSchema, providerOfUrl } from './provider.ts';

export interface ChooseEngineInputOptions {
  readonly datasource: Datasource;
  readonly datamodels: readonly (readonly [path: string, content: string])[];
  /** Of the first request. */
  readonly params: unknown;
}

export interface EngineInput {
  readonly provider: EngineProvider;
  readonly url: string;
  readonly datamodels: readonly (readonly [path: string, content: string])[];
}

/**
 * What to start the engine with. The native engine finds that out request by request; the WebAssembly build wants a
 * connection and a schema from the start. `migrate diff` names neither on the command line: then any schema in its
 * request serves, or a bare datasource of the right provider.
 *
 * @throws EngineError if there is no URL and the database is not SQLite, which can do without.
 */
export function chooseEngineInput(options: ChooseEngineInputOptions): EngineInput {
  const targets = diffTargets(options.params);
  const datamodels = options.datamodels.length > 0 ? options.datamodels : targets.flatMap(schemaFiles);
  const url = options.datasource.url ?? substituteUrl(datamodels, targets);
  const provider = providerOfUrl(url);
  const bare = `datasource db {\n  provider = "${provider}"\n}`;
  return { provider, url, datamodels: datamodels.length > 0 ? datamodels : [['schema.prisma', bare]] };
}

/** The PostgreSQL schemas that the datasource names (`schemas = ["a", "b"]`). */
export function namespacesOf(datamodels: readonly (readonly [path: string, content: string])[]): readonly string[] {
  return datamodels.flatMap(([, content]) => {
    const list = /^\s*datasource\s+\w+\s*\{[^}]*?^\s*schemas\s*=\s*\[([^\]]*)\]/ms.exec(content)?.[1] ?? '';
    return [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
  });
}

function diffTargets(params: unknown): DiffTarget[] {
  const { from, to } = (params ?? {}) as Partial<DiffParams>;
  return [from, to].filter((target) => typeof target === 'object');
}

function schemaFiles(target: DiffTarget): [path: string, content: string][] {
  return 'files' in target ? target.files.map(({ path, content }) => [path, content]) : [];
}

/** SQLite compares schemas in memory; PostgreSQL needs a server that understands the migrations. */
function substituteUrl(
  datamodels: readonly (readonly [path: string, content: string])[],
  targets: readonly DiffTarget[],
): string {
  const ofSchema = datamodels.map(([, content]) => providerOfSchema(content)).find(Boolean);
  const lockfile = targets.map((target) => ('lockfile' in target ? target.lockfile.content : null)).find(Boolean);
  if (ofSchema === 'sqlite' || (!ofSchema && /provider\s*=\s*"sqlite"/.test(lockfile ?? ''))) return 'file::memory:';
  throw new EngineError(
    'The datasource.url property is required in your Prisma config file: the WebAssembly schema engine compares ' +
      'PostgreSQL schemas on a server.',
  );
}
