import type { AnyPlugin } from '@sheaf/core';
import { type DatabaseConfig, type PrismaClientPort, resolveDatabaseConfig } from '@sheaf/db';
import { createSheaf as assemble, type CreateSheafOptions, type Sheaf } from '@sheaf/engine';
import type { WebClientOptions } from '@sheaf/web';
import { type AppClients, chooseClients, type NamedClients } from './app-clients.ts';
import type { CheckedPlugins } from './checked-plugins.ts';
import { choosePlugins, type WithoutPlugins } from './choose-plugins.ts';
import { type FirstPartyPlugins, firstPartyPlugins } from './first-party-plugins.ts';

type Assembly = CreateSheafOptions<PrismaClientPort, readonly AnyPlugin[]>;
type FirstPartyId = FirstPartyPlugins[number]['id'];

export interface SheafOptions<
  Plugins extends readonly AnyPlugin[],
  Clients extends NamedClients = Record<never, never>,
  Off extends string = never,
> extends Pick<Assembly, 'migrate' | 'migrationsFolder' | 'bytesFolder' | 'clock' | 'log' | 'startTimeoutMs'> {
  /** A path or `file:` URL for SQLite, or `postgres://`; default from the environment, else `.sheaf/sheaf.db`. */
  readonly url?: string;
  /** Further settings of the database; arguments here come before the environment. */
  readonly database?: DatabaseConfig;
  readonly web?: WebClientOptions;
  /** Plugins besides the first-party ones. */
  readonly plugins?: Plugins;
  /** The ids of plugins to be left out, such as `['ingest', 'fetch']`. Their tables stay, and so does what is in them. */
  readonly off?: readonly (Off & (FirstPartyId | Plugins[number]['id']))[];
  /** The Prisma clients that the app has generated from its own schema, such as `{ sqlite: PrismaClient }`. */
  readonly clients?: Clients;
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
export async function createSheaf<
  const Plugins extends readonly AnyPlugin[] = readonly [],
  Clients extends NamedClients = Record<never, never>,
  const Off extends string = never,
>(
  options: SheafOptions<Plugins, Clients, Off> & CheckedPlugins<Plugins, Clients> = {} as never,
): Promise<Sheaf<WithoutPlugins<readonly [...FirstPartyPlugins, ...Plugins], Off>>> {
  const { url, database, web, plugins = [], off = [], clients, ...rest } = options;
  const { echoSql, ...settings } = resolveDatabaseConfig({
    args: { ...database, ...(url === undefined ? {} : { url }) },
    env: process.env,
  });
  const assembly = {
    ...rest,
    ...settings,
    clients: chooseClients(clients as AppClients | undefined),
    plugins: choosePlugins([...firstPartyPlugins({ web }), ...(plugins as readonly AnyPlugin[])], off),
    ...(echoSql && rest.log ? { onStatement: (text: string) => rest.log?.debug(text) } : {}),
  } as Assembly;
  // The list is checked by this function's own types; its elements are known to fit.
  return (await assemble(assembly as never)) as never;
}
