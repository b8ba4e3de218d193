import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally, type DeleteOptions, type Deletion } from '../../deletion/deletion.ts';
import { readForeignKeys } from '../../deletion/foreign-keys.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import { lockWork, removeDocuments } from '../documents/delete-documents.ts';
import { lockUris } from '../documents/uri-owners.ts';

/** Documents to a statement: what is bound to one is held in memory as a whole. */
const CHUNK = 5_000;

/** @throws `db.not-found`. */
export async function deleteSource(scope: DataScope, sourceId: string, { isDryRun }: DeleteOptions): Promise<Deletion> {
  return rehearse(scope, { isDryRun }, async (inner) => {
    const { sql: db, workspace } = inner;
    const found = sql`SELECT x.document_id FROM document_sources x
      WHERE x.workspace_id = ${workspace.id} AND x.source_id = ${sourceId}`;
    // In the order in which a map comes by them: its steps, its source, the URIs.
    await lockWork(inner, (column) => sql`${column} IN (${found})`);
    const source = await db.maybeOne(sql`
      SELECT s.id FROM sources s WHERE s.workspace_id = ${workspace.id} AND s.id = ${sourceId}
      ${db.dialect.lockRows('s')}`);
    if (!source) throw dbErrors.create('not-found', { what: 'source', id: sourceId });
    await lockUris(inner, 'exclusive');
    const keys = await readForeignKeys(db);
    const tally = createDeletionTally();
    for (let after = ''; ; ) {
      const ids = await foundHereAlone(inner, sourceId, after);
      await removeDocuments(inner, ids, keys, tally);
      const last = ids.at(-1);
      if (last === undefined || ids.length < CHUNK) break;
      after = last;
    }
    await deleteRows(db, { keys, table: 'sources', workspaceId: workspace.id, ids: [sourceId], tally });
    return tally.result();
  });
}

async function foundHereAlone(
  { sql: db, workspace }: DataScope,
  sourceId: string,
  after: string,
): Promise<readonly string[]> {
  const rows = await db.all<{ readonly document_id: string }>(sql`
    SELECT x.document_id FROM document_sources x
    WHERE x.workspace_id = ${workspace.id} AND x.source_id = ${sourceId} AND x.document_id > ${after}
      AND NOT EXISTS (
        SELECT 1 FROM document_sources o
        WHERE o.workspace_id = x.workspace_id AND o.document_id = x.document_id AND o.source_id <> x.source_id
      )
    ORDER BY x.document_id LIMIT ${CHUNK}`);
  return rows.map((row) => row.document_id);
}
