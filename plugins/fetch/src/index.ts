export type { FetchErrorSpecs } from './errors.ts';
export { fetchErrors } from './errors.ts';
export { extract } from './extract/extract.ts';
export type { DocumentMetadata, Extracted, ExtractInput, MetadataSource, Sourced } from './extract/extracted.ts';
export { EXTRACTOR, EXTRACTOR_CONFIG_HASH } from './extract/extractor.ts';
export type { DecidedFormat, DecideFormatOptions, DocumentFormat } from './media-type/decide-format.ts';
export { decideFormat } from './media-type/decide-format.ts';
export type { FetchAccess, FetchContext, FetchNeedRefs, FetchNeeds, FetchRepositories } from './needs.ts';
export type { FetchPluginOptions } from './options.ts';
export type { FetchPlugin, FetchScope, FetchTools } from './plugin.ts';
export { fetchPlugin } from './plugin.ts';
export type { FetchMethods } from './ref.ts';
export { fetchRef } from './ref.ts';
export type { FetchChange, FetchResult, FetchStatus } from './repositories/fetch-result.ts';
export type {
  FetchResultRepository,
  FetchResultsOfRun,
  FetchTally,
} from './repositories/fetch-result-repository.ts';
export type { LatestFetch } from './repositories/latest-fetch.ts';
export type { FetchInput } from './run/fetch-input.ts';
export type { FetchOutput, FetchProblem } from './run/fetch-output.ts';
export type { FetchTool } from './run/fetch-tool.ts';
