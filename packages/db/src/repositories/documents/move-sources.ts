import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';

/**
 * Gives the sources of merged documents to their survivors. Where a survivor has the source already, or several bring
 * it, the earliest first sighting and the latest last one count, and it is gone only where all of them were.
 */
export async function moveSources(
  { sql: db, workspace }: DataScope,
  merges: readonly { readonly id: string; readonly intoId: string }[],
): Promise<void> {
  const { least, greatest, isIn, records } = db.dialect;
  const rows = records(
    { id: 'text', into_id: 'text' },
    merges.map(({ id, intoId }) => [id, intoId]),
  );
  await db.execute(sql`
    INSERT INTO document_sources
      (workspace_id, document_id, source_id, method, found_at, run_id, first_seen_at, last_seen_at, gone_at)
    SELECT ${workspace.id}, m.into_id, m.source_id, m.method, m.found_at, m.run_id, m.first_seen_at, m.last_seen_at,
      m.gone_at
    FROM (
      SELECT r.into_id, s.source_id, s.method, s.found_at,
        first_value(s.run_id) OVER (PARTITION BY r.into_id, s.source_id ORDER BY s.last_seen_at DESC) AS run_id,
        min(s.first_seen_at) OVER same AS first_seen_at,
        max(s.last_seen_at) OVER same AS last_seen_at,
        CASE WHEN count(*) OVER same = count(s.gone_at) OVER same THEN max(s.gone_at) OVER same END AS gone_at,
        row_number() OVER (PARTITION BY r.into_id, s.source_id ORDER BY s.first_seen_at, s.document_id) AS place
      FROM ${rows} AS r
      JOIN document_sources s ON s.workspace_id = ${workspace.id} AND s.document_id = r.id
      WINDOW same AS (PARTITION BY r.into_id, s.source_id)
    ) AS m
    WHERE m.place = 1
    ON CONFLICT (workspace_id, document_id, source_id) DO UPDATE
    SET run_id = CASE WHEN excluded.last_seen_at > document_sources.last_seen_at
        THEN excluded.run_id ELSE document_sources.run_id END,
      first_seen_at = ${least(sql`document_sources.first_seen_at`, sql`excluded.first_seen_at`)},
      last_seen_at = ${greatest(sql`document_sources.last_seen_at`, sql`excluded.last_seen_at`)},
      gone_at = CASE WHEN document_sources.gone_at IS NOT NULL AND excluded.gone_at IS NOT NULL
        THEN ${greatest(sql`document_sources.gone_at`, sql`excluded.gone_at`)} END`);
  const ids = merges.map(({ id }) => id);
  await db.execute(sql`
    DELETE FROM document_sources WHERE workspace_id = ${workspace.id} AND ${isIn(sql`document_id`, ids)}`);
}
