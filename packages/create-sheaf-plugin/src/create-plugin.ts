import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createErrors } from './errors.ts';
import { idOf, isPluginId, type PluginNames, pluginNames } from './plugin-names.ts';

export interface CreatePluginOptions {
  /** Where to; made where it does not exist. */
  readonly folder: string;
  /** The plugin's id; default: what the folder's name suggests. */
  readonly id?: string | undefined;
}

export interface CreatedPlugin {
  /** Absolute. */
  readonly folder: string;
  readonly id: string;
  readonly packageName: string;
  /** Paths relative to the folder, in order. */
  readonly files: readonly string[];
}

const TEMPLATE = fileURLToPath(new URL('../template', import.meta.url));
/** Behind the name of each file of the template, so that no tool takes it for one of ours. */
const SUFFIX = '.tmpl';

/**
 * Writes a plugin package: a model, a repository, a tool with a command, a facet, and a test of them.
 *
 * @throws `create.invalid-name`, `create.folder-not-empty`; then nothing was written.
 */
export function createPlugin(options: CreatePluginOptions): CreatedPlugin {
  const folder = resolve(options.folder);
  const id = options.id ?? idOf(basename(folder));
  if (!isPluginId(id)) throw createErrors.create('invalid-name', { name: id });
  if (existsSync(folder) && readdirSync(folder).length > 0) throw createErrors.create('folder-not-empty', { folder });
  const { version } = createRequire(import.meta.url)('create-sheaf-plugin/package.json') as {
    readonly version: string;
  };
  const packageName = `sheaf-plugin-${id}`;
  const names = pluginNames(id, packageName, version);
  const files = templateFiles(TEMPLATE).map((path) => {
    const target = named(path.slice(0, -SUFFIX.length), names);
    mkdirSync(dirname(join(folder, target)), { recursive: true });
    writeFileSync(join(folder, target), named(readFileSync(join(TEMPLATE, path), 'utf8'), names));
    return target;
  });
  return { folder, id, packageName, files: files.sort() };
}

function templateFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(SUFFIX))
    .sort();
}

function named(text: string, names: PluginNames): string {
  return text.replaceAll(/__[a-zA-Z]+__/g, (word) => names[word as keyof PluginNames] ?? word);
}
