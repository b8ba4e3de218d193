import { type PluginRef, pluginRef, type ToolMethod } from '@sheaf/core';
import type { FetchRepositories } from './needs.ts';
import type { FetchTool } from './run/fetch-tool.ts';

/** The tools that other plugins may call. */
export interface FetchMethods {
  readonly run: ToolMethod<FetchTool>;
}

/** Names this plugin as a need: `needs: { fetch: fetchRef }` gives `context.needs.fetch.results` and `….run(input)`. */
export const fetchRef: PluginRef<'fetch', FetchRepositories, FetchMethods> = pluginRef('fetch');
