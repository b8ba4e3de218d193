import { type Invariant, sql, stageAgrees } from '@sheaf/db';

/** What must hold of the results of maps, besides what follows from the stage and its facet. */
export const mapInvariants: readonly Invariant[] = [
  stageAgrees({ id: 'map.stage', stage: 'map', table: 'map_results', columns: ['status'] }),
  {
    id: 'map.first-meeting',
    summary: 'At most one map was the first to meet a document.',
    advice: 'Another program wrote it: correct the row with SQL.',
    find: () => sql`
      SELECT workspace_id, document_id AS subject, count(*) || ' maps' AS detail FROM map_results
      WHERE is_new GROUP BY workspace_id, document_id HAVING count(*) > 1`,
  },
];
