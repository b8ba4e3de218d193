import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally, type Deletion, type DeletionTally } from '../../deletion/deletion.ts';
import { dropTracesOfDocuments } from '../../deletion/drop-traces.ts';
import { type ForeignKey, readForeignKeys } from '../../deletion/foreign-keys.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import type { DeleteDocumentsOptions } from '../document-repository.ts';
import { countItems } from '../runs/count-items.ts';
import { isOpen } from '../runs/run-record.ts';
import { documentsNamed, withMerged } from './named-documents.ts';
import { lockUris } from './uri-owners.ts';

/** Documents to a statement: what is bound to one is held in memory as a whole. */
const CHUNK = 5_000;

/**
 * Deletes what any of the names (ids or URIs) leads to.
 *
 * @throws `db.not-found` for a name that leads to no document, or to none of the source's; nothing is deleted then.
 */
export async function deleteDocuments(
  scope: DataScope,
  names: readonly string[],
  { sourceId, isDryRun }: DeleteDocumentsOptions,
): Promise<Deletion> {
  return rehearse(scope, { isDryRun }, async (inner) => {
    const tally = createDeletionTally();
    if (names.length === 0) return tally.result();
    // What the names lead to may change until the URIs are locked, which comes after the lock of the work.
    const likely = await withMerged(inner, await documentsNamed(inner, names));
    await lockWork(inner, (column) => inner.sql.dialect.isIn(column, likely));
    await lockUris(inner, 'exclusive');
    const ids = await documentsNamed(inner, names);
    const keys = await readForeignKeys(inner.sql);
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK);
      const doomed = sourceId === undefined ? chunk : await leaveSource(inner, chunk, sourceId, tally);
      await removeDocuments(inner, doomed, keys, tally);
    }
    return tally.result();
  });
}

/**
 * Keeps others from the runs and open steps of documents, before the documents are locked: the order in which workers
 * come by them.
 */
export async function lockWork(
  { sql: db, workspace }: Pick<DataScope, 'sql' | 'workspace'>,
  isChosen: (documentId: Sql) => Sql,
): Promise<void> {
  await db.one(sql`
    SELECT count(*) AS locked FROM (
      SELECT r.id FROM runs r
      WHERE r.workspace_id = ${workspace.id} AND r.id IN (
        SELECT i.run_id FROM run_items i WHERE i.workspace_id = ${workspace.id} AND ${isChosen(sql`i.document_id`)}
      )
      ORDER BY r.id ${db.dialect.lockRows('r')}
    ) AS chosen`);
  await db.one(sql`
    SELECT count(*) AS locked FROM (
      SELECT s.id FROM steps s
      WHERE s.workspace_id = ${workspace.id} AND ${isChosen(sql`s.document_id`)} AND ${isOpen(sql`s.status`)}
      ORDER BY s.waits_for, s.number, s.id ${db.dialect.lockRows('s')}
    ) AS chosen`);
}

/** Takes documents out of a source; gives those that no other source has found, whether or not they are gone there. */
async function leaveSource(
  { sql: db, workspace }: DataScope,
  ids: readonly string[],
  sourceId: string,
  tally: DeletionTally,
): Promise<readonly string[]> {
  const left = await db.all<{ readonly document_id: string }>(sql`
    DELETE FROM document_sources
    WHERE workspace_id = ${workspace.id} AND source_id = ${sourceId} AND ${db.dialect.isIn(sql`document_id`, ids)}
    RETURNING document_id`);
  const found = new Set(left.map((row) => row.document_id));
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) throw dbErrors.create('not-found', { what: 'document of this source', id: missing });
  tally.deleted('document_sources', left.length);
  const rows = await db.all<{ readonly id: string }>(sql`
    SELECT d.id FROM documents d
    WHERE d.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`d.id`, ids)}
      AND NOT EXISTS (
        SELECT 1 FROM document_sources x WHERE x.workspace_id = d.workspace_id AND x.document_id = d.id
      )
    ORDER BY d.id`);
  return rows.map(({ id }) => id);
}

/** Deletes documents and what was merged into them, with all that depends on them. The caller has locked the URIs. */
export async function removeDocuments(
  scope: DataScope,
  documentIds: readonly string[],
  keys: readonly ForeignKey[],
  tally: DeletionTally,
): Promise<void> {
  if (documentIds.length === 0) return;
  const { sql: db, workspace } = scope;
  const ids = await withMerged(scope, documentIds, db.dialect.lockForDeletion('d'));
  tally.changed('runs', await countItems(db, { workspaceId: workspace.id, documentIds: ids, change: 'leave' }));
  await dropTracesOfDocuments(scope, ids, tally);
  await deleteRows(db, { keys, table: 'documents', workspaceId: workspace.id, ids, tally });
}
