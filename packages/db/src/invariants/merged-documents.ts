import { sql } from '../sql/statement.ts';
import { type Invariant, mendBy } from './invariant.ts';

/** What uniting documents leaves behind. */
export const mergedDocumentInvariants: readonly Invariant[] = [
  {
    id: 'documents.merge-target',
    summary: 'A merged document points straight at one that is not merged.',
    advice:
      'Run `sheaf doctor --fix`; of documents merged into each other, set `merged_into_id` of one to null with SQL.',
    find: () => sql`
      SELECT d.workspace_id, d.id AS subject, 'into ' || t.id || ', merged into ' || t.merged_into_id AS detail
      FROM documents d
      JOIN documents t ON t.workspace_id = d.workspace_id AND t.id = d.merged_into_id
      WHERE t.merged_into_id IS NOT NULL`,
    mend: mendBy('points it at the end of the chain, where there is one', ({ found }) => [
      sql`
        WITH RECURSIVE chain(workspace_id, id, into_id) AS (
          SELECT f.workspace_id, f.subject, d.merged_into_id FROM ${found} AS f
          JOIN documents d ON d.workspace_id = f.workspace_id AND d.id = f.subject
          UNION
          SELECT c.workspace_id, c.id, t.merged_into_id FROM chain c
          JOIN documents t ON t.workspace_id = c.workspace_id AND t.id = c.into_id
          WHERE t.merged_into_id IS NOT NULL
        )
        UPDATE documents SET merged_into_id = c.into_id
        FROM chain AS c JOIN documents t ON t.workspace_id = c.workspace_id AND t.id = c.into_id
        WHERE t.merged_into_id IS NULL AND documents.workspace_id = c.workspace_id AND documents.id = c.id`,
    ]),
  },
  {
    id: 'documents.merged-uris',
    summary: 'The URIs of a merged document lead to the one that it was merged into.',
    advice: 'Run `sheaf doctor --fix`.',
    find: () => sql`
      SELECT u.workspace_id, u.uri_hash AS subject, u.uri || ' leads to ' || d.id AS detail,
        d.merged_into_id AS into_id
      FROM documents d
      JOIN document_uris u ON u.workspace_id = d.workspace_id AND u.document_id = d.id
      WHERE d.merged_into_id IS NOT NULL`,
    mend: mendBy('gives them to that document, as aliases', ({ found }) => [
      sql`
        UPDATE document_uris SET document_id = f.into_id,
          kind = CASE WHEN document_uris.kind = 'canonical' THEN 'redirect' ELSE document_uris.kind END
        FROM ${found} AS f
        WHERE document_uris.workspace_id = f.workspace_id AND document_uris.uri_hash = f.subject`,
    ]),
  },
  {
    id: 'documents.merged-sources',
    summary: 'Where a merged document was found is kept with the one that it was merged into.',
    advice: 'Map the source again, and remove the row with SQL.',
    find: () => sql`
      SELECT s.workspace_id, d.id AS subject, 'found in ' || s.source_id AS detail FROM documents d
      JOIN document_sources s ON s.workspace_id = d.workspace_id AND s.document_id = d.id
      WHERE d.merged_into_id IS NOT NULL`,
  },
  {
    id: 'documents.merged-stages',
    summary: 'A merged document waits in no stage.',
    advice: 'Run `sheaf doctor --fix`.',
    find: () => sql`
      SELECT s.workspace_id, d.id AS subject, s.stage || ' is ' || s.status AS detail FROM documents d
      JOIN document_stages s ON s.workspace_id = d.workspace_id AND s.document_id = d.id
      WHERE d.merged_into_id IS NOT NULL AND s.status IN ('pending', 'stale')`,
    mend: mendBy('skips them, as merging does', ({ found, now }) => [
      sql`
        UPDATE document_stages SET status = 'skipped', error_code = 'data.merged',
          error_message = 'The document was merged into another.', updated_at = ${now}
        FROM (SELECT DISTINCT workspace_id AS of_workspace_id, subject FROM ${found} AS f) AS f
        WHERE document_stages.workspace_id = f.of_workspace_id AND document_stages.document_id = f.subject
          AND document_stages.status IN ('pending', 'stale')`,
    ]),
  },
];
