import { clients } from '@sheaf/client';
import { connect, createDataRepositories } from '@sheaf/db';
import { mapPlugin } from '@sheaf/plugin-map';
import { openScope } from '../../harness/open-scope.ts';
import { NOW } from '../mapped-url.ts';
import type { OpenRegistrar } from '../registrar.ts';

/** The public repositories, called as a map calls them. */
export const openSheaf: OpenRegistrar = async ({ url, sourceId, runId }) => {
  const connection = await connect({ url, clients });
  const scope = await openScope(connection, { now: () => NOW });
  const map = mapPlugin();
  // Prisma's query compiler is loaded with the first transaction, which in a map is that of opening its run.
  await scope.transaction(async () => {});
  return {
    register: (batch) =>
      scope.transaction(async (inner) => {
        const { documents, stages } = createDataRepositories(inner);
        const registered = await documents.register(batch, { sourceId, method: 'sitemap', runId });
        await map.repositories(inner).results.record(
          runId,
          registered.map(({ documentId, isNew }, index) => {
            const { title, foundAt, modifiedAt } = batch[index] as (typeof batch)[number];
            return { documentId, method: 'sitemap', depth: 0, foundAt, title, modifiedAt, isNew };
          }),
        );
        await stages.set(
          registered.map(({ documentId }) => ({ documentId, stage: 'map', status: 'completed', runId })),
        );
      }),
    close: () => connection.close(),
  };
};
