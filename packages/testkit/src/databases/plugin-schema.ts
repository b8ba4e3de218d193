import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { AnyPlugin } from '@sheaf/core';
import {
  composeToFolder,
  ejectHistory,
  type Provider,
  readFragment,
  shippedFragments,
  shippedSchemaFolder,
} from '@sheaf/db';
import { diffSchemas, type SchemaFiles } from '@sheaf/schema-engine';

/** After all others. */
const MIGRATION = '99991231235959_plugins';

/** Makes the schema folder of an app with these plugins: the shipped history, and the models of all. */
export async function writePluginSchema(folder: string, plugins: readonly AnyPlugin[]): Promise<void> {
  const shipped = await shippedFragments();
  const owners = new Set(shipped.map(({ owner }) => owner));
  const added = plugins.flatMap(({ id, schema }) =>
    schema && !owners.has(id) ? [readFragment({ owner: id, schema })] : [],
  );
  ejectHistory({ folder });
  composeToFolder({ folder, fragments: [...shipped, ...(await Promise.all(added))] });
}

export interface WritePluginMigrationOptions {
  readonly folder: string;
  readonly provider: Provider;
  /** A database of the provider. */
  readonly url: string;
}

/** Writes the migration that makes the plugins' tables, as `prisma migrate dev` would in the app. */
export async function writePluginMigration({ folder, provider, url }: WritePluginMigrationOptions): Promise<void> {
  const script = await diffSchemas({
    url: provider === 'sqlite' && !url.startsWith('file:') ? `file:${resolve(url)}` : url,
    from: await schemaOf(shippedSchemaFolder(), provider),
    to: await schemaOf(folder, provider),
  });
  const target = join(folder, provider, 'migrations', MIGRATION);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'migration.sql'), script);
}

async function schemaOf(folder: string, provider: Provider): Promise<SchemaFiles> {
  const settings = join(folder, provider, 'datasource.prisma');
  const models = join(folder, 'models');
  const paths = [settings, ...(await readdir(models)).sort().map((name) => join(models, name))];
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(path, 'utf8') })));
}
