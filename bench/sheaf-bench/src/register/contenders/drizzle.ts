import { toDatabaseTime } from '@sheaf/db';
import { and, eq, inArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { openBetterSqlite3 } from '../../harness/open-better-sqlite3.ts';
import { NOW, toDocument } from '../mapped-url.ts';
import type { OpenRegistrar } from '../registrar.ts';
import { documentSources, documentStages, documents, documentUris, mapResults } from './drizzle-schema.ts';

/** Drizzle as one writes with it: what is known is looked up, what is new is inserted in multi-row statements. */
export const openDrizzle: OpenRegistrar = async ({ url, workspaceId, sourceId, runId }) => {
  const database = openBetterSqlite3(url);
  const db = drizzle({ client: database });
  const now = toDatabaseTime(NOW);
  return {
    async register(batch) {
      db.transaction(
        (tx) => {
          const found = batch.map(toDocument);
          const hashes = found.map(({ uriHash }) => uriHash);
          const known = tx
            .select({ uriHash: documentUris.uriHash })
            .from(documentUris)
            .where(and(eq(documentUris.workspaceId, workspaceId), inArray(documentUris.uriHash, hashes)))
            .all();
          const knownHashes = new Set(known.map(({ uriHash }) => uriHash));
          const fresh = found.filter(({ uriHash }) => !knownHashes.has(uriHash));
          if (fresh.length === 0) return;
          tx.insert(documents)
            .values(
              fresh.map(({ id, uri, uriHash, uriKey, domain, title }) => ({
                workspaceId,
                id,
                uri,
                uriHash,
                uriKey,
                domain,
                title,
                firstSeenAt: now,
                lastSeenAt: now,
              })),
            )
            .run();
          tx.insert(documentUris)
            .values(
              fresh.map(({ id, uri, uriHash }) => ({
                workspaceId,
                uriHash,
                uri,
                documentId: id,
                kind: 'canonical',
                createdAt: now,
              })),
            )
            .run();
          tx.insert(documentSources)
            .values(
              fresh.map(({ id, foundAt }) => ({
                workspaceId,
                documentId: id,
                sourceId,
                method: 'sitemap',
                foundAt,
                runId,
                firstSeenAt: now,
                lastSeenAt: now,
              })),
            )
            .run();
          tx.insert(mapResults)
            .values(
              fresh.map(({ id, foundAt, title, modifiedAt }) => ({
                workspaceId,
                documentId: id,
                runId,
                status: 'completed',
                method: 'sitemap',
                depth: 0,
                foundAt,
                title,
                modifiedAt: toDatabaseTime(modifiedAt),
                isNew: true,
                createdAt: now,
              })),
            )
            .run();
          tx.insert(documentStages)
            .values(
              fresh.flatMap(({ id }) => [
                {
                  workspaceId,
                  documentId: id,
                  stage: 'map',
                  variant: 'default',
                  status: 'completed',
                  runId,
                  updatedAt: now,
                },
                { workspaceId, documentId: id, stage: 'fetch', variant: 'default', status: 'pending', updatedAt: now },
              ]),
            )
            .run();
        },
        { behavior: 'immediate' },
      );
    },
    close: async () => void database.close(),
  };
};
