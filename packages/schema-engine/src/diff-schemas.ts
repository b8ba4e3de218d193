import type { DiffParams } from '@prisma/schema-engine-wasm';

/** The path and the text of each file of a schema; one of them has the datasource. */
export type SchemaFiles = readonly { readonly path: string; readonly content: string }[];

export interface DiffSchemasOptions {
  /** A database of the schemas' provider, which is asked for its version and left alone. */
  readonly url: string;
  readonly from: SchemaFiles;
  readonly to: SchemaFiles;
}

/**
 * The SQL script that turns one schema into another: what `prisma migrate diff --script` prints.
 *
 * @throws what the engine says against the schemas, and errors of the connection.
 */
export async function diffSchemas({ url, from, to }: DiffSchemasOptions): Promise<string> {
  // Not for those who only name the executable.
  const { createEngineSession } = await import('./engine-session.ts');
  const session = createEngineSession({
    arguments: { isVersion: false, command: undefined, datasource: { url }, datamodels: [] },
  });
  const target = (files: SchemaFiles): DiffParams['from'] => ({ tag: 'schemaDatamodel', files: [...files] });
  const params: DiffParams = {
    from: target(from),
    to: target(to),
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  };
  let script = '';
  const print = async (text: string): Promise<void> => {
    script += `${text}\n`;
  };
  try {
    await session.handle({ method: 'diff', params, print });
  } finally {
    await session.cleanUp();
  }
  return script;
}
