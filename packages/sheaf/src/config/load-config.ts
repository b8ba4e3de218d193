import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cliErrors } from '../cli/errors.ts';
import type { SheafConfig } from './sheaf-config.ts';

const NAMES = ['sheaf.config.ts', 'sheaf.config.mts', 'sheaf.config.js', 'sheaf.config.mjs'];

export interface LoadedConfig {
  readonly config: SheafConfig;
  /** The file, where there is one. */
  readonly file: string | undefined;
}

/**
 * Loads `sheaf.config.ts` (or .mts, .js, .mjs) of a folder, or the file named.
 *
 * @throws `cli.invalid-config`.
 */
export async function loadConfig(folder: string, named?: string): Promise<LoadedConfig> {
  const file = named
    ? resolve(folder, named)
    : NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (!file) return { config: {}, file: undefined };
  if (!existsSync(file)) throw cliErrors.create('invalid-config', { file, reason: 'the file does not exist' });
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw cliErrors.create('invalid-config', { file, reason }, { cause });
  }
  const config = module.default;
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw cliErrors.create('invalid-config', { file, reason: 'it has no default export that is an object' });
  }
  const known = ['database', 'web', 'plugins', 'workspace', 'migrationsFolder'];
  const unknown = Object.keys(config).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw cliErrors.create('invalid-config', {
      file,
      reason: `unknown setting(s) ${unknown.join(', ')}; known are ${known.join(', ')}`,
    });
  }
  return { config: config as SheafConfig, file };
}
