import { clients, type SheafClient } from '@sheaf/client';
import { connect } from '@sheaf/db';
import { NOW, toDocument } from '../mapped-url.ts';
import type { OpenRegistrar } from '../registrar.ts';

/**
 * Prisma's client as one writes with it: what is known is looked up, what is new is created many at a time.
 * `skipDuplicates` does not exist on SQLite.
 */
export const openPrisma: OpenRegistrar = async ({ url, workspaceId, sourceId, runId }) => {
  const connection = await connect<SheafClient>({ url, clients });
  await connection.client.$transaction(async () => {});
  return {
    async register(batch) {
      await connection.client.$transaction(async (client) => {
        const found = batch.map(toDocument);
        const known = await client.documentUri.findMany({
          where: { workspaceId, uriHash: { in: found.map(({ uriHash }) => uriHash) } },
          select: { uriHash: true },
        });
        const knownHashes = new Set(known.map(({ uriHash }) => uriHash));
        const fresh = found.filter(({ uriHash }) => !knownHashes.has(uriHash));
        await client.document.createMany({
          data: fresh.map(({ id, uri, uriHash, uriKey, domain, title }) => ({
            workspaceId,
            id,
            uri,
            uriHash,
            uriKey,
            domain,
            title,
            firstSeenAt: NOW,
            lastSeenAt: NOW,
          })),
        });
        await client.documentUri.createMany({
          data: fresh.map(({ id, uri, uriHash }) => ({
            workspaceId,
            uriHash,
            uri,
            documentId: id,
            kind: 'canonical',
            createdAt: NOW,
          })),
        });
        await client.documentSource.createMany({
          data: fresh.map(({ id, foundAt }) => ({
            workspaceId,
            documentId: id,
            sourceId,
            method: 'sitemap',
            foundAt,
            runId,
            firstSeenAt: NOW,
            lastSeenAt: NOW,
          })),
        });
        await client.mapResult.createMany({
          data: fresh.map(({ id, foundAt, title, modifiedAt }) => ({
            workspaceId,
            documentId: id,
            runId,
            status: 'completed',
            method: 'sitemap',
            foundAt,
            title,
            modifiedAt,
            isNew: true,
            createdAt: NOW,
          })),
        });
        await client.documentStage.createMany({
          data: fresh.flatMap(({ id }) => [
            { workspaceId, documentId: id, stage: 'map', status: 'completed', runId, updatedAt: NOW },
            { workspaceId, documentId: id, stage: 'fetch', status: 'pending', updatedAt: NOW },
          ]),
        });
      });
    },
    close: () => connection.close(),
  };
};
