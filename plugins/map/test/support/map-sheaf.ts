import { clients } from '@sheaf/client';
import { createTestSheaf, type TestProvider, type TestSheaf } from '@sheaf/testkit';
import { type WebPlugin, webPlugin } from '@sheaf/web';
import { type MapPlugin, mapPlugin } from '../../src/index.ts';

/** A Sheaf that can map, on a database of its own. */
export function mapSheaf(
  provider: TestProvider,
  options: { readonly onStatement?: (text: string) => void } = {},
): Promise<TestSheaf<readonly [WebPlugin, MapPlugin]>> {
  return createTestSheaf({
    provider,
    clients,
    plugins: [webPlugin({ allowPrivate: true, minDelayMs: 0 }), mapPlugin()],
    ...options,
  });
}
