import { clients, type SheafClient } from '@sheaf/client';
import type { AnyPlugin } from '@sheaf/core';
import { type DatabaseConfig, resolveDatabaseConfig } from '@sheaf/db';
import { createSheaf as assemble, type CreateSheafOptions, type FittingPlugins, type Sheaf } from '@sheaf/engine';
import type { WebClientOptions } from '@sheaf/web';
import { type FirstPartyPlugins, firstPartyPlugins } from './first-party-plugins.ts';

type Assembly = CreateSheafOptions<SheafClient, readonly AnyPlugin[]>;

export interface SheafOptions<Plugins extends readonly AnyPlugin[]>
  extends Pick<Assembly, 'migrate' | 'migrationsFolder' | 'bytesFolder' | 'clock' | 'log' | 'startTimeoutMs'> {
  /** A path or `file:` URL for SQLite, or `postgres://`; default from the environment, else `.sheaf/sheaf.db`. */
  readonly url?: string;
  /** Further settings of the database; arguments here come before the environment. */
  readonly database?: DatabaseConfig;
  readonly web?: WebClientOptions;
  /** Plugins besides the first-party ones. */
  readonly plugins?: Plugins & FittingPlugins<Plugins, SheafClient, FirstPartyPlugins[number]['id']>;
}

/**
 * Opens a Sheaf with the generated clients and the first-party plugins (web, map, fetch, ingest, corpus, doctor).
 *
 * @example
 * const sheaf = await createSheaf({ url: 'docs.db' });
 * const docs = sheaf.workspace('default');
 * await docs.map.run({ source: 'https://docs.example.com' });
 * await docs.fetch.run({});
 * await sheaf.close();
 */
export async function createSheaf<const Plugins extends readonly AnyPlugin[] = readonly []>(
  options: SheafOptions<Plugins> = {},
): Promise<Sheaf<readonly [...FirstPartyPlugins, ...Plugins]>> {
  const { url, database, web, plugins = [], ...rest } = options;
  const { echoSql, ...settings } = resolveDatabaseConfig({
    args: { ...database, ...(url === undefined ? {} : { url }) },
    env: process.env,
  });
  const assembly = {
    ...rest,
    ...settings,
    clients,
    plugins: [...firstPartyPlugins({ web }), ...(plugins as readonly AnyPlugin[])],
    ...(echoSql && rest.log ? { onStatement: (text: string) => rest.log?.debug(text) } : {}),
  } as Assembly;
  // The list is checked by this function's own types; its elements are known to fit.
  return (await assemble(assembly as never)) as unknown as Sheaf<readonly [...FirstPartyPlugins, ...Plugins]>;
}
