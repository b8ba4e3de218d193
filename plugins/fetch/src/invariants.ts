import { type Invariant, sql, stageAgrees } from '@sheaf/db';

const ADVICE = 'Fetch the documents again: `sheaf fetch --refetch`.';

/** What must hold of the results of fetches, besides what follows from the stage and its facet. */
export const fetchInvariants: readonly Invariant[] = [
  stageAgrees({ id: 'fetch.stage', stage: 'fetch', table: 'fetch_results', columns: ['status', 'error_code'] }),
  {
    id: 'fetch.outcome',
    summary: 'A completed result has content and no error; one that failed or was skipped has an error.',
    advice: ADVICE,
    find: () => sql`
      SELECT workspace_id, document_id AS subject,
        'run ' || run_id || ': ' || status || ', ' || coalesce(change, 'no change') AS detail
      FROM fetch_results
      WHERE CASE WHEN status = 'completed'
        THEN change IS NULL OR change NOT IN ('created', 'updated', 'unchanged', 'restored') OR bytes_hash IS NULL
          OR error_code IS NOT NULL
        ELSE status NOT IN ('failed', 'skipped') OR error_code IS NULL OR (change IS NOT NULL AND change <> 'gone')
        END`,
  },
  {
    // What was found of a document that another process was merging meanwhile went to the one it was merged into.
    id: 'fetch.versions',
    summary: 'Where a fetch found other content, it made a version that holds it.',
    advice: ADVICE,
    find: () => sql`
      SELECT r.workspace_id, r.document_id AS subject, 'run ' || r.run_id || ': ' || r.change AS detail
      FROM fetch_results r
      JOIN documents d ON d.workspace_id = r.workspace_id AND d.id = r.document_id
      LEFT JOIN document_versions v
        ON v.workspace_id = r.workspace_id AND v.document_id = r.document_id AND v.run_id = r.run_id
          AND v.action = r.change AND v.bytes_hash = r.bytes_hash AND v.text_hash IS NOT DISTINCT FROM r.text_hash
      WHERE r.change IN ('created', 'updated', 'restored') AND v.document_id IS NULL
        AND d.merged_into_id IS NULL`,
  },
];
