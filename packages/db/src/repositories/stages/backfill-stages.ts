import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';

/** Documents to a transaction: other writers wait no longer than one takes. */
const CHUNK = 5_000;

/** Merged documents are left out. May be interrupted and called again at any time. */
export async function backfillStages(scope: DataScope): Promise<number> {
  const { sql: db, workspace, clock, registry } = scope;
  const names = registry.stages.filter(({ startsPending }) => startsPending).map(({ name }) => name);
  if (names.length === 0) return 0;
  const stages = db.dialect.records(
    { stage: 'text' },
    names.map((name) => [name]),
  );
  let count = 0;
  for (let after = ''; ; ) {
    const chunk = await db.one<{ readonly size: number; readonly last: string | null }>(sql`
      SELECT count(*) AS size, max(id) AS last FROM (
        SELECT d.id FROM documents d WHERE d.workspace_id = ${workspace.id} AND d.id > ${after}
        ORDER BY d.id LIMIT ${CHUNK}
      ) AS chunk`);
    if (chunk.last === null) return count;
    count += await db.execute(sql`
      INSERT INTO document_stages (workspace_id, document_id, stage, variant, status, updated_at)
      SELECT ${workspace.id}, d.id, r.stage, 'default', 'pending', ${clock.now()}
      FROM documents d CROSS JOIN ${stages} AS r
      WHERE d.workspace_id = ${workspace.id} AND d.id > ${after} AND d.id <= ${chunk.last} AND d.merged_into_id IS NULL
      ORDER BY d.id
      ON CONFLICT (workspace_id, document_id, stage, variant) DO NOTHING`);
    if (chunk.size < CHUNK) return count;
    after = chunk.last;
  }
}
