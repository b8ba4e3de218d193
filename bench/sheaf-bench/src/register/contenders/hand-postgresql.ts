import { toDatabaseTime } from '@sheaf/db';
import pg from 'pg';
import { NOW, toDocument } from '../mapped-url.ts';
import type { OpenRegistrar } from '../registrar.ts';

/** One `unnest` a table and nothing else: it takes for granted that every URL is new. */
export const openHandPostgresql: OpenRegistrar = async ({ url, workspaceId, sourceId, runId }) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET TIME ZONE 'UTC'");
  const now = toDatabaseTime(NOW);
  let plansDiscardedAt = 0;
  return {
    async register(batch) {
      const found = batch.map(toDocument);
      const ids = found.map(({ id }) => id);
      const uris = found.map(({ uri }) => uri);
      const hashes = found.map(({ uriHash }) => uriHash);
      const titles = found.map(({ title }) => title);
      const places = found.map(({ foundAt }) => foundAt);
      await client.query('BEGIN');
      // As Sheaf does: plans of foreign-key checks that were made while the tables were empty are far slower.
      if (performance.now() - plansDiscardedAt > 1_000) {
        plansDiscardedAt = performance.now();
        await client.query('DISCARD PLANS');
      }
      await client.query(
        `INSERT INTO documents
           (workspace_id, id, uri, uri_hash, uri_key, domain, title, first_seen_at, last_seen_at)
         SELECT $1::int, t.*, $2::timestamp(3), $2::timestamp(3)
         FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS t`,
        [
          workspaceId,
          now,
          ids,
          uris,
          hashes,
          found.map(({ uriKey }) => uriKey),
          found.map(({ domain }) => domain),
          titles,
        ],
      );
      await client.query(
        `INSERT INTO document_uris (workspace_id, created_at, kind, uri_hash, uri, document_id)
         SELECT $1::int, $2::timestamp(3), 'canonical', t.* FROM unnest($3::text[], $4::text[], $5::text[]) AS t`,
        [workspaceId, now, hashes, uris, ids],
      );
      await client.query(
        `INSERT INTO document_sources
           (workspace_id, first_seen_at, last_seen_at, source_id, run_id, method, document_id, found_at)
         SELECT $1::int, $2::timestamp(3), $2::timestamp(3), $3, $4, 'sitemap', t.*
         FROM unnest($5::text[], $6::text[]) AS t`,
        [workspaceId, now, sourceId, runId, ids, places],
      );
      await client.query(
        `INSERT INTO map_results
           (workspace_id, created_at, run_id, status, method, is_new, document_id, found_at, title, modified_at)
         SELECT $1::int, $2::timestamp(3), $3, 'completed', 'sitemap', true, t.*
         FROM unnest($4::text[], $5::text[], $6::text[], $7::timestamp(3)[]) AS t`,
        [workspaceId, now, runId, ids, places, titles, found.map(({ modifiedAt }) => toDatabaseTime(modifiedAt))],
      );
      await client.query(
        `INSERT INTO document_stages (workspace_id, updated_at, document_id, stage, status, run_id)
         SELECT $1::int, $2::timestamp(3), t.id, s.stage, s.status, s.run_id
         FROM unnest($4::text[]) AS t (id)
         CROSS JOIN (VALUES ('map', 'completed', $3), ('fetch', 'pending', NULL)) AS s (stage, status, run_id)`,
        [workspaceId, now, runId, ids],
      );
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
};
