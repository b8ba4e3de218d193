import { clients } from '@sheaf/client';
import {
  connect,
  createDatabaseByteStore,
  createDataRepositories,
  createScope,
  type PrismaClientPort,
} from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { harnesses } from './harnesses.ts';

const uris = Array.from({ length: 300 }, (_, place) => ({ uri: `https://example.com/${place}` }));

// A database in memory has one connection only.
describe.each(harnesses.filter(({ provider }) => provider !== 'sqlite-memory'))('documents on $name', ({ open }) => {
  it('are the same for two connections that register them at once', async () => {
    const data = await open();
    const other = await connect<PrismaClientPort>({ url: data.url, clients });
    try {
      const scope = await data.scope();
      const here = createDataRepositories(scope).documents;
      const there = createDataRepositories(
        createScope<unknown>({
          session: other,
          workspace: scope.workspace,
          registry: scope.registry,
          bytes: createDatabaseByteStore().forWorkspace(scope.workspace.id),
          clock: scope.clock,
        }),
      ).documents;
      const results = await Promise.all(
        [0, 50, 100, 150].flatMap((start) => [
          here.register(uris.slice(start, start + 150), { method: 'cli' }),
          there.register(uris.slice(start, start + 150).reverse(), { method: 'cli' }),
        ]),
      );
      const entries = results.flat();
      expect(new Set(entries.map(({ uri, documentId }) => `${uri} ${documentId}`)).size).toBe(300);
      expect(entries.filter(({ isNew }) => isNew)).toHaveLength(300);
      expect(await there.count()).toBe(300);
      expect(await here.page({ limit: 300 })).toEqual(await there.page({ limit: 300 }));
    } finally {
      await other.close();
      await data.close();
    }
  });
});
