import { sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';
import { knownWords } from './known-words.ts';

const LOST_ADVICE = 'A version was lost or written by another program: restore it from a backup.';

export const versionInvariants: readonly Invariant[] = [
  {
    id: 'versions.sequence',
    summary: 'The versions of a document are numbered from 1, without a gap.',
    advice: LOST_ADVICE,
    find: () => sql`
      SELECT workspace_id, document_id AS subject, count(*) || ' versions, ' || min(version) || ' to ' || max(version) AS detail
      FROM document_versions GROUP BY workspace_id, document_id
      HAVING min(version) <> 1 OR max(version) <> count(*)`,
  },
  {
    id: 'versions.content',
    summary:
      'A version holds bytes, unless it is a deleted one, which holds nothing; the first one alone is `created`.',
    advice: LOST_ADVICE,
    find: () => sql`
      SELECT workspace_id, document_id AS subject, 'version ' || version || ' is ' || action AS detail
      FROM document_versions
      WHERE (action = 'deleted') <> (bytes_hash IS NULL) OR (action = 'deleted' AND text_hash IS NOT NULL)
        OR (action = 'created') <> (version = 1)`,
  },
  {
    id: 'versions.size',
    summary: 'The size of a version is that of its bytes.',
    advice: 'Another program wrote it: correct the row with SQL.',
    find: () => sql`
      SELECT v.workspace_id, v.document_id AS subject,
        'version ' || v.version || ': ' || coalesce(v.size, 0) || ' bytes, the content has ' || c.size AS detail
      FROM document_versions v JOIN contents c ON c.workspace_id = v.workspace_id AND c.hash = v.bytes_hash
      WHERE v.size IS DISTINCT FROM c.size`,
  },
  knownWords({
    id: 'versions.action',
    table: 'document_versions',
    column: 'action',
    words: ['created', 'updated', 'deleted', 'restored'],
    subject: sql`document_id`,
  }),
];
