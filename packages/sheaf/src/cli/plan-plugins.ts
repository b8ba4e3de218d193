import type { PluginGraph } from '@sheaf/core';
import { planGraph } from '@sheaf/engine';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { firstPartyPlugins } from '../first-party-plugins.ts';

/**
 * The plugins as they will be, checked, without opening a database: enough for help, and for composing the schema.
 *
 * @throws `plugin.invalid-graph`.
 */
export function planPlugins({ plugins = [] }: Pick<SheafConfig, 'plugins'>): PluginGraph {
  return planGraph([...firstPartyPlugins(), ...plugins]);
}
