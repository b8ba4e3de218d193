import { cleanText } from '@sheaf/core';
import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally, type Deletion, type DeletionTally } from '../../deletion/deletion.ts';
import { dropTracesOfDocuments } from '../../deletion/drop-traces.ts';
import { type ForeignKey, readForeignKeys } from '../../deletion/foreign-keys.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { DeleteDocumentsOptions } from '../document-repository.ts';
import { isOpen } from '../runs/run-record.ts';
import { uriHash } from './document-uri.ts';
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
  return rehearse({ transaction: scope.transaction, isDryRun }, async (inner) => {
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
 * The documents that ids and URIs lead to, each once, in the order of their ids. A merged one leads to the one that it
 * was merged into.
 */
async function documentsNamed({ sql: db, workspace }: DataScope, names: readonly string[]): Promise<readonly string[]> {
  const rows = db.dialect.records(
    { name: 'text', hash: 'text' },
    [...new Set(names)].map((name) => [cleanText(name), uriHash(name)]),
  );
  const found = await db.all<{ readonly name: string; readonly id: string | null }>(sql`
    SELECT r.name, coalesce(u.document_id, d.merged_into_id, d.id) AS id
    FROM ${rows} AS r
    LEFT JOIN document_uris u ON u.workspace_id = ${workspace.id} AND u.uri_hash = r.hash
    LEFT JOIN documents d ON d.workspace_id = ${workspace.id} AND d.id = r.name`);
  const missing = found.find(({ id }) => id === null);
  if (missing) throw dbErrors.create('not-found', { what: 'document', id: missing.name });
  return [...new Set(found.flatMap(({ id }) => id ?? []))].sort();
}

/** Documents with those that were merged into them, in the order of their ids; locked for deletion where asked. */
async function withMerged(
  { sql: db, workspace }: DataScope,
  documentIds: readonly string[],
  lock: Sql = rawSql(''),
): Promise<readonly string[]> {
  const rows = await db.all<{ readonly id: string }>(sql`
    SELECT d.id FROM documents d
    WHERE d.workspace_id = ${workspace.id}
      AND (${db.dialect.isIn(sql`d.id`, documentIds)} OR ${db.dialect.isIn(sql`d.merged_into_id`, documentIds)})
    ORDER BY d.id ${lock}`);
  return rows.map(({ id }) => id);
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
  await discountItems(scope, ids, tally);
  await dropTracesOfDocuments(scope, ids, tally);
  await deleteRows(db, { keys, table: 'documents', workspaceId: workspace.id, ids, tally });
}

/** The counts of runs that have ended are those of their items, also of fewer. */
async function discountItems(
  { sql: db, workspace }: DataScope,
  documentIds: readonly string[],
  tally: DeletionTally,
): Promise<void> {
  const changed = await db.execute(sql`
    UPDATE runs SET items_total = items_total - fewer.total, items_completed = items_completed - fewer.completed,
      items_failed = items_failed - fewer.failed, items_skipped = items_skipped - fewer.skipped,
      items_canceled = items_canceled - fewer.canceled
    FROM (
      SELECT i.run_id, count(*) AS total,
        count(*) FILTER (WHERE i.status = 'completed') AS completed,
        count(*) FILTER (WHERE i.status = 'failed') AS failed,
        count(*) FILTER (WHERE i.status = 'skipped') AS skipped,
        count(*) FILTER (WHERE i.status = 'canceled') AS canceled
      FROM run_items i
      WHERE i.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`i.document_id`, documentIds)}
      GROUP BY i.run_id
    ) AS fewer
    WHERE workspace_id = ${workspace.id} AND id = fewer.run_id AND ended_at IS NOT NULL`);
  tally.changed('runs', changed);
}
