import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What `prisma.config.ts` says of the database; the CLI passes it as JSON. */
export interface Datasource {
  readonly url?: string | undefined;
  readonly shadowDatabaseUrl?: string | undefined;
}

/** The command line of Prisma's `schema-engine`, as far as the CLI uses it. */
export interface EngineArguments {
  readonly isVersion: boolean;
  /** The sub-command of `schema-engine cli …`, else the engine serves JSON-RPC. */
  readonly command: string | undefined;
  readonly datasource: Datasource;
  /** Path and content of each schema file. */
  readonly datamodels: readonly (readonly [path: string, content: string])[];
}

/** Parses the command line; options that the engine has no use for (`--extension-types`, …) are passed over. */
export function parseEngineArguments(argv: readonly string[]): EngineArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: false,
    options: {
      datamodels: { type: 'string', multiple: true },
      datasource: { type: 'string' },
      'enabled-preview-features': { type: 'string' },
      'extension-types': { type: 'string' },
      version: { type: 'boolean' },
    },
  });
  const paths = (values.datamodels ?? []).filter((path) => typeof path === 'string');
  return {
    isVersion: values.version === true,
    command: positionals[0] === 'cli' ? (positionals[1] ?? '') : undefined,
    datasource: typeof values.datasource === 'string' ? (JSON.parse(values.datasource) as Datasource) : {},
    datamodels: paths.map((path) => [path, readFileSync(path, 'utf8')] as const),
  };
}
