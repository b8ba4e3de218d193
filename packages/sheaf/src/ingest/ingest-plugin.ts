import { definePlugin, type Plugin, type PluginRef, pluginRef, type ToolMethod } from '@sheaf/core';
import { type DataScope, dataRef } from '@sheaf/db';
import type { FetchPlugin } from '@sheaf/plugin-fetch';
import type { MapPlugin } from '@sheaf/plugin-map';
import { ingestTool } from './ingest-tool.ts';

/** What ingesting calls of the other two. */
export type IngestNeeds = {
  readonly data: typeof dataRef;
  readonly map: PluginRef<'map', object, { readonly run: ToolMethod<MapPlugin['tools']['run']> }>;
  readonly fetch: PluginRef<'fetch', object, { readonly run: ToolMethod<FetchPlugin['tools']['run']> }>;
};

export type IngestPlugin = Plugin<
  'ingest',
  DataScope,
  IngestNeeds,
  Record<never, never>,
  { readonly run: typeof ingestTool },
  Record<never, never>
>;

/** Maps a source, then fetches what it names, new or known. */
export function ingestPlugin(): IngestPlugin {
  return definePlugin({
    id: 'ingest',
    needs: { data: dataRef, map: pluginRef('map'), fetch: pluginRef('fetch') } as IngestNeeds,
    tools: { run: ingestTool },
  });
}
