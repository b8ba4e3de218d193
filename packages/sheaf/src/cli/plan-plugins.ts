import { type AnyPlugin, buildGraph, definePlugin, type PluginGraph } from '@sheaf/core';
import { dataFragment } from '@sheaf/db';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { firstPartyPlugins } from '../first-party-plugins.ts';

/**
 * The plugins as they will be, checked, without opening a database: enough for help, and for composing the schema.
 *
 * @throws `plugin.invalid-graph`.
 */
export function planPlugins({ plugins = [] }: Pick<SheafConfig, 'plugins'>): PluginGraph {
  const builtIn: readonly AnyPlugin[] = [
    definePlugin({ id: 'data', schema: dataFragment }),
    definePlugin({ id: 'engine' }),
  ];
  return buildGraph([...builtIn, ...firstPartyPlugins(), ...plugins]);
}
