import { definePlugin, type Plugin } from '@sheaf/core';
import type { DataScope } from '@sheaf/db';
import { mapInvariants } from './invariants.ts';
import { createMapTool, type MapTool } from './map-tool.ts';
import { type MapNeedRefs, mapNeeds } from './needs.ts';
import type { MapPluginOptions } from './options.ts';
import type { MapRepositories } from './ref.ts';
import { createMapResultRepository } from './repositories/map-result-repository.ts';

/** What the repositories of this plugin are built from. */
export type MapScope = Pick<DataScope, 'workspace' | 'sql' | 'clock'>;

export type MapTools = { readonly run: MapTool };

export type MapPlugin = Plugin<'map', MapScope, MapNeedRefs, MapRepositories, MapTools, Record<never, never>>;

/**
 * Finds the documents of sites, feeds and folders.
 *
 * @example
 * const sheaf = await createSheaf({ url: '.sheaf/sheaf.db', clients, plugins: [webPlugin(), mapPlugin()] });
 * const { discovered } = await sheaf.workspace('default').map.run({ source: 'https://example.com' });
 */
export function mapPlugin(options: MapPluginOptions = {}): MapPlugin {
  return definePlugin({
    id: 'map',
    needs: mapNeeds,
    schema: { models: new URL('../prisma/map.prisma', import.meta.url), tables: ['map_results'] },
    stages: [{ name: 'map' }],
    facets: [
      {
        stage: 'map',
        table: 'map_results',
        columns: {
          method: { column: 'method', type: 'text' },
          depth: { column: 'depth', type: 'integer' },
          foundAt: { column: 'found_at', type: 'text' },
          modifiedAt: { column: 'modified_at', type: 'datetime' },
          isNew: { column: 'is_new', type: 'boolean' },
        },
      },
    ],
    invariants: mapInvariants,
    repositories: (scope: MapScope) => ({ results: createMapResultRepository(scope) }),
    tools: { run: createMapTool(options) },
  });
}
