import { type FetchPlugin, type FetchPluginOptions, fetchPlugin } from '@sheaf/plugin-fetch';
import { type MapPlugin, mapPlugin } from '@sheaf/plugin-map';
import { type WebClientOptions, type WebPlugin, webPlugin } from '@sheaf/web';
import { type CorpusPlugin, corpusPlugin } from './corpus/corpus-plugin.ts';
import { type DoctorPlugin, doctorPlugin } from './doctor/doctor-plugin.ts';
import { type IngestPlugin, ingestPlugin } from './ingest/ingest-plugin.ts';

export type FirstPartyPlugins = readonly [WebPlugin, MapPlugin, FetchPlugin, IngestPlugin, CorpusPlugin, DoctorPlugin];

export interface FirstPartyOptions {
  readonly web?: WebClientOptions | undefined;
  readonly fetch?: FetchPluginOptions | undefined;
}

/** The plugins that come with Sheaf. */
export function firstPartyPlugins({ web, fetch }: FirstPartyOptions = {}): FirstPartyPlugins {
  return [webPlugin(web), mapPlugin(), fetchPlugin(fetch), ingestPlugin(), corpusPlugin(), doctorPlugin()];
}
