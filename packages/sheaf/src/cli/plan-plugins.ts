import type { PluginGraph } from '@sheaf/core';
import { planGraph } from '@sheaf/engine';
import { choosePlugins } from '../choose-plugins.ts';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { firstPartyPlugins } from '../first-party-plugins.ts';

/**
 * The plugins as they will be, checked, without opening a database: enough for help.
 *
 * @throws `plugin.invalid-graph`.
 */
export function planPlugins({ plugins = [], off = [] }: Pick<SheafConfig, 'plugins' | 'off'>): PluginGraph {
  return planGraph(choosePlugins([...firstPartyPlugins(), ...plugins], off));
}

/**
 * All plugins whose tables the schema has, those that are turned off too: the planner of migrations would drop the
 * tables of one that was left out.
 *
 * @throws `plugin.invalid-graph`.
 */
export function planSchema({ plugins = [] }: Pick<SheafConfig, 'plugins'>): PluginGraph {
  return planGraph([...firstPartyPlugins(), ...plugins]);
}
