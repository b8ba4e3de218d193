import type { AnyPlugin } from '@sheaf/core';
import type { DatabaseConfig } from '@sheaf/db';
import type { WebClientOptions } from '@sheaf/web';
import type { AppClients, NamedClients } from '../app-clients.ts';
import type { CheckedPlugins } from '../checked-plugins.ts';

/** What `sheaf.config.ts` exports by default. */
export interface SheafConfig {
  readonly database?: DatabaseConfig;
  /** The polite client: user agent, limits, `allowPrivate`, … */
  readonly web?: WebClientOptions;
  /** Plugins besides map and fetch. */
  readonly plugins?: readonly AnyPlugin[];
  /** The ids of plugins to be left out, such as `['ingest', 'fetch']`. Their tables stay, and so does what is in them. */
  readonly off?: readonly string[];
  /** The Prisma clients that the app has generated from its own schema, such as `{ sqlite: PrismaClient }`. */
  readonly clients?: AppClients;
  /** The workspace that commands use without `--workspace`; default `default`. */
  readonly workspace?: string;
  /** The folder with the app's own `sqlite/` and `postgresql/` migrations; default the shipped history. */
  readonly migrationsFolder?: string;
}

/** Types a configuration file. @example export default defineConfig({ database: { url: 'data/docs.db' } }); */
export function defineConfig<
  const Plugins extends readonly AnyPlugin[] = readonly [],
  Clients extends NamedClients = Record<never, never>,
>(
  config: Omit<SheafConfig, 'clients'> & { readonly plugins?: Plugins; readonly clients?: Clients } & CheckedPlugins<
      Plugins,
      Clients
    >,
): SheafConfig {
  return config as SheafConfig;
}
