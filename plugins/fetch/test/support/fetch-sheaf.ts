import { clients } from '@sheaf/client';
import { createTestSheaf, type TestProvider, type TestSheaf } from '@sheaf/testkit';
import { type WebPlugin, type WebPluginOptions, webPlugin } from '@sheaf/web';
import { type FetchPlugin, type FetchPluginOptions, fetchPlugin } from '../../src/index.ts';

type FetchPlugins = readonly [WebPlugin, FetchPlugin];

export type FetchSheaf = TestSheaf<FetchPlugins>;

export interface FetchSheafOptions {
  readonly web?: WebPluginOptions;
  readonly fetch?: FetchPluginOptions;
  readonly onStatement?: (text: string) => void;
}

/** For loopback, and with hardly a pause between attempts. */
export function fetchPlugins({ web, fetch }: Pick<FetchSheafOptions, 'web' | 'fetch'> = {}): FetchPlugins {
  return [
    webPlugin({ allowPrivate: true, minDelayMs: 0, ...web }),
    fetchPlugin({ retry: { baseMs: 5, maxMs: 20 }, ...fetch }),
  ];
}

/** A Sheaf that can fetch, on a database of its own. */
export function fetchSheaf(
  provider: TestProvider,
  { web, fetch, ...options }: FetchSheafOptions = {},
): Promise<FetchSheaf> {
  return createTestSheaf({
    provider,
    clients,
    plugins: fetchPlugins({ ...(web ? { web } : {}), ...(fetch ? { fetch } : {}) }),
    ...options,
  });
}
