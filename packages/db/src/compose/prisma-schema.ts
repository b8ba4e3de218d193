import { createRequire } from 'node:module';
import type * as PrismaSchemaWasm from '@prisma/prisma-schema-wasm';
import type { Provider } from '../sql/dialect.ts';

/** One `.prisma` file: name and text. */
export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/** What Prisma says against a schema. */
export interface Diagnostic {
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  /** The source that the diagnostic is about. */
  readonly source: string;
  readonly text: string;
}

/** A model of the schema, as Prisma understands it (the part of its data model that composing needs). */
export interface SchemaModel {
  readonly name: string;
  /** The table, where it is not named as the model. */
  readonly dbName: string | null;
  readonly documentation?: string;
  readonly fields: readonly SchemaField[];
  readonly primaryKey: { readonly fields: readonly string[] } | null;
  /** Keys of several columns that hold for all rows; a partial one is in `indexes` alone. */
  readonly uniqueFields: readonly (readonly string[])[];
}

/** A key or an index of a model. */
export interface SchemaIndex {
  readonly model: string;
  readonly type: 'id' | 'unique' | 'normal' | 'fulltext';
  readonly fields: readonly { readonly name: string }[];
}

/** A schema as Prisma understands it. */
export interface SchemaModels {
  readonly models: readonly SchemaModel[];
  readonly indexes: readonly SchemaIndex[];
}

export interface SchemaField {
  readonly name: string;
  readonly dbName?: string;
  readonly kind: 'scalar' | 'object' | 'enum' | 'unsupported';
  readonly type: string;
  readonly isList: boolean;
  readonly isId: boolean;
  readonly isUnique: boolean;
  readonly relationName?: string;
  /** The columns of the foreign key; empty on the side that has none. */
  readonly relationFromFields?: readonly string[];
  readonly relationToFields?: readonly string[];
}

/** Preview features of Prisma that the schema uses: the generators of every provider must name them. */
export const PREVIEW_FEATURES: readonly string[] = ['partialIndexes'];

export const PROVIDERS: readonly Provider[] = ['sqlite', 'postgresql'];

const SETTINGS_FILE = 'datasource.prisma';

const require = createRequire(import.meta.url);

/** Prisma's own parser. Loading it takes 70 ms, which nobody pays who does not compose. */
const prisma = (): typeof PrismaSchemaWasm => require('@prisma/prisma-schema-wasm');

/** What Prisma finds wrong in the files together, on a provider; warnings left out. */
export function lintSchema(files: readonly SchemaFile[], provider: Provider): Diagnostic[] {
  const found = JSON.parse(prisma().lint(JSON.stringify(pairs(files, provider)))) as readonly {
    readonly file_name: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly is_warning: boolean;
  }[];
  return found
    .filter((diagnostic) => !diagnostic.is_warning)
    .map(({ file_name, start, end, text }) => {
      // Offsets count bytes.
      const bytes = Buffer.from(files.find((file) => file.name === file_name)?.text ?? '');
      return {
        file: file_name,
        line: bytes.subarray(0, start).toString().split('\n').length,
        source: bytes.subarray(start, end).toString(),
        text,
      };
    });
}

/** The models of a schema that is free of errors. */
export function readModels(files: readonly SchemaFile[], provider: Provider): SchemaModels {
  const dmmf = JSON.parse(
    prisma().get_dmmf(JSON.stringify({ prismaSchema: pairs(files, provider), noColor: true })),
  ) as {
    readonly datamodel: SchemaModels;
  };
  return dmmf.datamodel;
}

/** The same files in Prisma's own formatting. */
export function formatSchema(files: readonly SchemaFile[], provider: Provider): SchemaFile[] {
  const parameters = {
    textDocument: { uri: `file:/${SETTINGS_FILE}` },
    options: { tabSize: 2, insertSpaces: true },
  };
  const formatted = JSON.parse(
    prisma().format(JSON.stringify(pairs(files, provider)), JSON.stringify(parameters)),
  ) as readonly (readonly [string, string])[];
  return formatted.filter(([name]) => name !== SETTINGS_FILE).map(([name, text]) => ({ name, text }));
}

function pairs(files: readonly SchemaFile[], provider: Provider): [string, string][] {
  const features = PREVIEW_FEATURES.map((feature) => JSON.stringify(feature)).join(', ');
  const settings = `datasource db {
  provider = "${provider}"
}

generator client {
  provider        = "prisma-client"
  previewFeatures = [${features}]
  output          = "generated"
}
`;
  return [[SETTINGS_FILE, settings], ...files.map(({ name, text }): [string, string] => [name, text])];
}
