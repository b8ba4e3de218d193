import { type PluginRef, pluginRef } from '@sheaf/core';
import type { MapResultRepository } from './repositories/map-result-repository.ts';

export interface MapRepositories {
  readonly results: MapResultRepository;
}

/** Names this plugin as a need: `needs: { map: mapRef }` gives `context.needs.map.results`. */
export const mapRef: PluginRef<'map', MapRepositories, Record<never, never>> = pluginRef('map');
