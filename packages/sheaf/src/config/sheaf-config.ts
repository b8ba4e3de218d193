import type { AnyPlugin } from '@sheaf/core';
import type { DatabaseConfig } from '@sheaf/db';
import type { WebClientOptions } from '@sheaf/web';

/** What `sheaf.config.ts` exports by default. */
export interface SheafConfig {
  readonly database?: DatabaseConfig;
  /** The polite client: user agent, limits, `allowPrivate`, … */
  readonly web?: WebClientOptions;
  /** Plugins besides map and fetch. */
  readonly plugins?: readonly AnyPlugin[];
  /** The workspace that commands use without `--workspace`; default `default`. */
  readonly workspace?: string;
  /** The folder with the app's own `sqlite/` and `postgresql/` migrations; default the shipped history. */
  readonly migrationsFolder?: string;
}

/** Types a configuration file. @example export default defineConfig({ database: { url: 'data/docs.db' } }); */
export function defineConfig(config: SheafConfig): SheafConfig {
  return config;
}
