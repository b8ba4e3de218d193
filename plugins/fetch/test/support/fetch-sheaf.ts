import { clients } from '@sheaf/client';
import { createTestSheaf, type TestProvider, type TestSheaf } from '@sheaf/testkit';
import { type WebPlugin, type WebPluginOptions, webPlugin } from '@sheaf/web';
import { type FetchPlugin, type FetchPluginOptions, fetchPlugin } from '../../src/index.ts';

export type FetchSheaf = TestSheaf<readonly [WebPlugin, FetchPlugin]>;

export interface FetchSheafOptions {
  readonly web?: WebPluginOptions;
  readonly fetch?: FetchPluginOptions;
  readonly onStatement?: (text: string) => void;
}

/** A Sheaf that can fetch, on a database of its own, with hardly a pause between attempts. */
export function fetchSheaf(
  provider: TestProvider,
  { web, fetch, ...options }: FetchSheafOptions = {},
): Promise<FetchSheaf> {
  return createTestSheaf({
    provider,
    clients,
    plugins: [
      webPlugin({ allowPrivate: true, minDelayMs: 0, ...web }),
      fetchPlugin({ retry: { baseMs: 5, maxMs: 20 }, ...fetch }),
    ],
    ...options,
  });
}
