import type { Access, AnyPlugin } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';

export interface PluginAccessOptions {
  readonly plugins: readonly AnyPlugin[];
  readonly services: ReadonlyMap<string, object>;
}

/** A tool of another plugin, as a need offers it: called in the same workspace, with a run of its own. */
export type CallNeeded = (plugin: string, tool: string, input: unknown) => Promise<unknown>;

export type PluginAccess = (
  pluginId: string,
  scope: DataScope,
  callNeeded?: CallNeeded,
) => Access<object, Record<string, object>>;

/**
 * Builds what a plugin's tools work with, anew for each scope: its repositories, and its needs by their names, each
 * with its repositories, its service and (outside transactions) its tools.
 */
export function createPluginAccess({ plugins, services }: PluginAccessOptions): PluginAccess {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const repositoriesOf = (id: string, scope: DataScope): object => byId.get(id)?.repositories(scope) ?? {};
  const toolsOf = (id: string, call: CallNeeded): object =>
    Object.fromEntries(
      Object.keys((byId.get(id)?.tools ?? {}) as object).map((tool) => [
        tool,
        (input: unknown) => call(id, tool, input),
      ]),
    );
  return (pluginId, scope, callNeeded) => {
    const refs = (byId.get(pluginId)?.needs ?? {}) as Record<string, { readonly id: string }>;
    return {
      repositories: repositoriesOf(pluginId, scope),
      needs: Object.fromEntries(
        Object.entries(refs).map(([name, { id }]) => [
          name,
          { ...repositoriesOf(id, scope), ...services.get(id), ...(callNeeded ? toolsOf(id, callNeeded) : {}) },
        ]),
      ),
    };
  };
}
