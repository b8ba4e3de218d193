import { resolve } from 'node:path';
import { type DatabaseConfig, type ResolvedDatabaseConfig, resolveDatabaseConfig } from '@sheaf/db';
import type { Sheaf } from '@sheaf/engine';
import type { WebClientOptions } from '@sheaf/web';
import { createSheaf } from '../create-sheaf.ts';
import type { CliContext } from './build-program.ts';
import { interruptible } from './interruptible.ts';
import { createCliLogger } from './logger.ts';

/** The database that the command line, the environment and the configuration file name. */
export function databaseConfig({ io, loaded, globals }: CliContext): ResolvedDatabaseConfig {
  const { database } = globals();
  const resolved = resolveDatabaseConfig({
    args: database === undefined ? undefined : { url: database },
    env: io.env,
    file: loaded.config.database,
  });
  // Paths are relative to the folder that the command line runs in.
  const isPath = !/^[a-z][a-z0-9+.-]+:/i.test(resolved.url) && resolved.url !== ':memory:';
  return isPath ? { ...resolved, url: resolve(io.cwd, resolved.url) } : resolved;
}

export interface OpenSheafOptions {
  readonly migrate?: 'auto' | 'check' | 'off';
}

/** @throws `cli.interrupted` at once when the command line is interrupted meanwhile, and what `createSheaf` throws. */
export function openSheaf(context: CliContext, options: OpenSheafOptions = {}): Promise<Sheaf> {
  return interruptible(
    context.io.signal,
    () => open(context, options),
    (late) => late.close(),
  );
}

async function open(context: CliContext, { migrate }: OpenSheafOptions): Promise<Sheaf> {
  const { loaded } = context;
  const { plugins, off, clients, migrationsFolder } = loaded.config;
  const { url, ...database } = databaseConfig(context);
  const sheaf = await createSheaf({
    url,
    database: database satisfies DatabaseConfig,
    web: webOptions(context),
    plugins: (plugins ?? []) as readonly [],
    off: (off ?? []) as readonly never[],
    log: createCliLogger(context),
    ...(clients === undefined ? {} : { clients }),
    ...(migrate === undefined ? {} : { migrate }),
    ...(migrationsFolder === undefined ? {} : { migrationsFolder: resolve(context.io.cwd, migrationsFolder) }),
  });
  return sheaf as unknown as Sheaf;
}

function webOptions({ loaded, globals }: CliContext): WebClientOptions {
  const { allowPrivate, connectTo, minDelay } = globals();
  return {
    ...loaded.config.web,
    ...(allowPrivate === undefined ? {} : { allowPrivate }),
    ...(connectTo === undefined ? {} : { connectTo: { ...loaded.config.web?.connectTo, ...connectTo } }),
    ...(minDelay === undefined ? {} : { minDelayMs: minDelay }),
  };
}
