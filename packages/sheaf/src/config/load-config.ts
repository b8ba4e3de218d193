import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { cliErrors } from '../cli/errors.ts';
import type { SheafConfig } from './sheaf-config.ts';

const NAMES = ['sheaf.config.ts', 'sheaf.config.mts', 'sheaf.config.js', 'sheaf.config.mjs'];

const KNOWN = ['database', 'web', 'plugins', 'off', 'clients', 'workspace', 'migrationsFolder'];

const client = z.custom((value) => typeof value === 'function', 'it is no class of a Prisma client').optional();

/** The shape alone: `database` and `web` are checked, setting by setting, by those who use them. */
const schema = z.strictObject(
  {
    database: z.looseObject({}).optional(),
    web: z.looseObject({}).optional(),
    plugins: z
      .array(z.looseObject({ id: z.string(), needs: z.looseObject({}), tools: z.looseObject({}) }, 'it is no plugin'))
      .optional(),
    off: z.array(z.string()).optional(),
    clients: z.strictObject({ sqlite: client, postgresql: client }).optional(),
    workspace: z.string().min(1).optional(),
    migrationsFolder: z.string().min(1).optional(),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown setting(s) ${issue.keys.join(', ')}; known are ${KNOWN.join(', ')}`
        : undefined,
  },
);

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
  const { error } = schema.safeParse(config);
  if (error) {
    const problems = error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    );
    throw cliErrors.create('invalid-config', { file, reason: problems.join('; ') });
  }
  return { config: config as SheafConfig, file };
}
