import { type AnyPlugin, buildGraph, definePlugin, type PluginGraph } from '@sheaf/core';
import { dataFragment, dataInvariants } from '@sheaf/db';
import type { BuiltIn } from './sheaf-types.ts';

/** What the plugins that every Sheaf has declare, without what they do. */
const BUILT_IN: Readonly<Record<BuiltIn, AnyPlugin>> = {
  data: definePlugin({ id: 'data', schema: dataFragment, invariants: dataInvariants }),
  integrity: definePlugin({ id: 'integrity' }),
  engine: definePlugin({ id: 'engine' }),
};

/**
 * Checks plugins together with those that every Sheaf has, without opening a database: enough for help, and for
 * composing the schema.
 *
 * @throws `plugin.invalid-graph`.
 */
export function planGraph(plugins: readonly AnyPlugin[]): PluginGraph {
  return buildGraph([...Object.values(BUILT_IN), ...plugins]);
}
