export type { MapMethod } from './discovery.ts';
export { MAP_METHODS } from './discovery.ts';
export type { MapErrorSpecs } from './errors.ts';
export { mapErrors } from './errors.ts';
export type { MapInput } from './map-input.ts';
export type { MapOutput } from './map-output.ts';
export type { MapContext, MapTool } from './map-tool.ts';
export type { MapNeedRefs, MapNeeds } from './needs.ts';
export type { MapPluginOptions } from './options.ts';
export type { MapPlugin, MapScope, MapTools } from './plugin.ts';
export { mapPlugin } from './plugin.ts';
export type { MapRepositories } from './ref.ts';
export { mapRef } from './ref.ts';
export type {
  MapResultCounts,
  MapResultRecord,
  MapResultRepository,
  NewMapResult,
} from './repositories/map-result-repository.ts';
export type { MapProblem, SkipReason } from './tally.ts';
