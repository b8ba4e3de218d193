import type { Access, AnyPlugin } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';

export interface PluginAccessOptions {
  readonly plugins: readonly AnyPlugin[];
  readonly services: ReadonlyMap<string, object>;
}

/** Builds what a plugin's tools work with, anew for each scope: its repositories, and its needs by their names. */
export function createPluginAccess({
  plugins,
  services,
}: PluginAccessOptions): (pluginId: string, scope: DataScope) => Access<object, Record<string, object>> {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const repositoriesOf = (id: string, scope: DataScope): object => byId.get(id)?.repositories(scope) ?? {};
  return (pluginId, scope) => {
    const refs = (byId.get(pluginId)?.needs ?? {}) as Record<string, { readonly id: string }>;
    return {
      repositories: repositoriesOf(pluginId, scope),
      needs: Object.fromEntries(
        Object.entries(refs).map(([name, { id }]) => [name, { ...repositoriesOf(id, scope), ...services.get(id) }]),
      ),
    };
  };
}
