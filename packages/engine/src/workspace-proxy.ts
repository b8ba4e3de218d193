import type { PluginGraph, ToolCallOptions } from '@sheaf/core';

export interface WorkspaceProxyOptions {
  readonly graph: PluginGraph;
  readonly call: (plugin: string, tool: string, input: unknown, options?: ToolCallOptions) => Promise<unknown>;
  readonly repositories: (plugin: string) => Promise<object>;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * The workspace as a tree of methods: tools by plugin and name, repositories by plugin and name. A workspace is found
 * in the database only when a method is called, so that naming one needs no `await`.
 */
export function createWorkspaceProxy({ graph, call, repositories }: WorkspaceProxyOptions): object {
  const entries = graph.plugins.map((plugin) => {
    const tools = Object.fromEntries(
      Object.keys(plugin.tools as object).map((tool) => [
        tool,
        (input: unknown, options?: ToolCallOptions) => call(plugin.id, tool, input, options),
      ]),
    );
    return [plugin.id, withRepositories(tools, () => repositories(plugin.id))];
  });
  return Object.fromEntries(entries);
}

function withRepositories(tools: object, load: () => Promise<object>): object {
  return new Proxy(tools, {
    get(target, name) {
      if (typeof name !== 'string' || name in target || name === 'then') return Reflect.get(target, name);
      return lazyRepository(name, load);
    },
  });
}

function lazyRepository(repository: string, load: () => Promise<object>): object {
  return new Proxy(
    {},
    {
      get(_, method): Method | undefined {
        if (typeof method !== 'string' || method === 'then') return undefined;
        return async (...args) => {
          const found = (await load()) as Record<string, Record<string, Method> | undefined>;
          const call = found[repository]?.[method];
          if (!call) throw new TypeError(`There is no repository method "${repository}.${method}".`);
          return call(...args);
        };
      },
    },
  );
}
