import { dbErrors } from '../errors.ts';
import type { Provider } from '../sql/dialect.ts';
import { checkModels, type ModelScope, scopeOf, tableOf } from './check-models.ts';
import { composeExtras } from './extras.ts';
import { byOwner, type FragmentText } from './fragment.ts';
import { addOppositeFields, isMissingOpposite } from './opposite-fields.ts';
import {
  type Diagnostic,
  formatSchema,
  lintSchema,
  PROVIDERS,
  readModels,
  type SchemaFile,
  type SchemaModels,
} from './prisma-schema.ts';
import { readBlocks } from './schema-blocks.ts';

export interface ComposeOptions {
  /** One of each owner, in any order. */
  readonly fragments: readonly FragmentText[];
}

/** One schema made of all fragments, as files. */
export interface ComposedSchema {
  /** In a fixed order; the same fragments give the same bytes. */
  readonly files: readonly ComposedFile[];
  /** All models of all owners, by table. */
  readonly models: readonly ComposedModel[];
}

export interface ComposedModel {
  readonly owner: string;
  readonly name: string;
  readonly table: string;
  readonly scope: ModelScope;
}

export interface ComposedFile {
  /** Relative to the schema folder, with `/`: `models/data.prisma`, `postgresql/extras.sql`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Puts the fragments of all owners together into one schema: a file of models for each owner, and the SQL that comes
 * after the migrations for each provider. Relations get their opposite fields on the other model.
 *
 * @throws `db.invalid-schema` with every problem of every fragment.
 */
export function compose(options: ComposeOptions): ComposedSchema {
  const fragments = [...options.fragments].sort(byOwner);
  const problems = checkOwners(fragments);
  const files = fragments.map(({ owner, models }) => ({ name: `${owner}.prisma`, text: models }));
  const found = lintOnAllProviders(files).filter(
    // The names of both owners are reported already.
    ({ text }) => !/cannot be defined because a \w+ with that name already exists/.test(text),
  );
  const missing = found.filter(isMissingOpposite);
  for (const { file, line, text } of found) {
    if (!missing.some((diagnostic) => diagnostic.text === text))
      problems.push(`${ownerOf(file)}, line ${line}: ${text}`);
  }
  if (problems.length > 0) throw dbErrors.create('invalid-schema', { problems });

  const complete = addOppositeFields(files, missing);
  problems.push(...complete.problems.map(({ file, text }) => `${ownerOf(file)}: ${text}`));
  if (problems.length > 0) throw dbErrors.create('invalid-schema', { problems });

  const formatted = formatSchema(complete.files, 'sqlite');
  problems.push(...lintOnAllProviders(formatted).map(({ file, text }) => `${ownerOf(file)}: ${text}`));
  if (problems.length > 0) throw dbErrors.create('invalid-schema', { problems });

  const schema = readModels(formatted, 'sqlite');
  const owners = ownersOf(formatted);
  problems.push(...checkComposed(fragments, schema, owners));
  if (problems.length > 0) throw dbErrors.create('invalid-schema', { problems });

  const models = listModels(schema, owners);
  const extras = (provider: Provider): string => composeExtras({ fragments, tables: models, provider });
  return {
    models,
    files: [
      ...formatted.map(({ name, text }) => ({ path: `models/${name}`, text: header(ownerOf(name)) + text })),
      ...PROVIDERS.map((provider) => ({ path: `${provider}/extras.sql`, text: extras(provider) })),
    ],
  };
}

/** What can be said of each fragment without Prisma: names that two owners claim, and blocks that no fragment has. */
function checkOwners(fragments: readonly FragmentText[]): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  const claim = (what: string, owner: string): void => {
    const other = owners.get(what);
    if (other === undefined) owners.set(what, owner);
    else if (other === owner) problems.push(`${owner}: ${what} is declared twice`);
    else
      problems.push(
        `${owner}: ${what} belongs to ${other} already; a plugin declares models and fields of its own only`,
      );
  };
  for (const fragment of fragments) {
    const { owner, models, tables } = fragment;
    if (!/^[a-z][a-z0-9-]*$/.test(owner))
      problems.push(`${owner}: an owner is named in lower-case words joined by "-"`);
    if (fragments.find((other) => other.owner === owner) !== fragment) problems.push(`${owner}: it has two fragments`);
    for (const { kind, name } of readBlocks(models)) {
      if (kind === 'datasource' || kind === 'generator') {
        problems.push(`${owner}: a fragment has no ${kind}; ${name} belongs to the app's schema`);
      } else {
        // Models, enums and views share one namespace.
        claim(`the name ${name}`, owner);
      }
    }
    for (const table of tables) claim(`the table ${table}`, owner);
  }
  return problems;
}

/** The owners of models, by the models' names. */
function ownersOf(files: readonly SchemaFile[]): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ name, text }) => readBlocks(text).map((block) => [block.name, ownerOf(name)] as const)),
  );
}

function listModels(schema: SchemaModels, owners: ReadonlyMap<string, string>): ComposedModel[] {
  return schema.models
    .flatMap((model) => {
      const scope = scopeOf(model);
      const owner = owners.get(model.name);
      return scope && owner !== undefined ? [{ owner, name: model.name, table: tableOf(model), scope }] : [];
    })
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** What is wrong with a schema that Prisma accepts. */
function checkComposed(
  fragments: readonly FragmentText[],
  schema: SchemaModels,
  owners: ReadonlyMap<string, string>,
): string[] {
  const problems = checkModels(schema).map(({ model, text }) => `${owners.get(model)}: ${text}`);
  for (const { owner, tables } of fragments) {
    const declared = new Set(tables);
    const actual = new Set(schema.models.filter(({ name }) => owners.get(name) === owner).map(tableOf));
    for (const table of actual) {
      if (!declared.has(table)) problems.push(`${owner}: the table ${table} is not among the tables that it declares`);
    }
    for (const table of declared) {
      if (!actual.has(table)) problems.push(`${owner}: it declares the table ${table}, but no model maps to it`);
    }
  }
  return problems;
}

/** What Prisma finds on any provider, each finding once. */
function lintOnAllProviders(files: readonly SchemaFile[]): Diagnostic[] {
  const seen = new Set<string>();
  return PROVIDERS.flatMap((provider) => lintSchema(files, provider)).filter(({ file, line, text }) => {
    const key = `${file}:${line}:${text}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

const ownerOf = (file: string): string => file.replace(/\.prisma$/, '');

const header = (owner: string): string =>
  `// Generated by \`sheaf db compose\` from the fragment of ${owner}; do not edit.\n\n`;
