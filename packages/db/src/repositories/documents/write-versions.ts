import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { DocumentVersionRecord, RecordContentOptions } from '../document-repository.ts';

export interface NewVersion
  extends Pick<DocumentVersionRecord, 'version' | 'action' | 'bytesHash' | 'textHash' | 'mimeType' | 'size' | 'meta'> {
  readonly documentId: string;
  /** Replaces the document's title where there is one. */
  readonly title: string | null;
}

/**
 * Adds versions, at most one to a document, and makes them current: what a document says of its content is what its
 * current version says. A deleted version makes its document gone, any other brings it back and makes the stages
 * that read content stale. The caller has locked the documents.
 */
export async function writeVersions(
  scope: DataScope,
  versions: readonly NewVersion[],
  { runId, batchId }: RecordContentOptions,
): Promise<void> {
  if (versions.length === 0) return;
  const { sql: db, workspace, clock } = scope;
  const now = clock.now();
  const rows = db.dialect.records(
    {
      document_id: 'text',
      version: 'integer',
      action: 'text',
      bytes_hash: 'text',
      text_hash: 'text',
      mime_type: 'text',
      size: 'integer',
      meta: 'json',
      title: 'text',
      gone_at: 'datetime',
    },
    versions.map((one) => [
      one.documentId,
      one.version,
      one.action,
      one.bytesHash,
      one.textHash,
      one.mimeType,
      one.size,
      one.meta,
      one.title,
      one.action === 'deleted' ? now : null,
    ]),
  );
  await db.execute(sql`
    INSERT INTO document_versions
      (workspace_id, document_id, version, action, bytes_hash, text_hash, mime_type, size, meta, run_id, batch_id,
       created_at)
    SELECT ${workspace.id}, r.document_id, r.version, r.action, r.bytes_hash, r.text_hash, r.mime_type, r.size, r.meta,
      ${runId}, ${batchId ?? null}, ${now}
    FROM ${rows} AS r`);
  await db.execute(sql`
    UPDATE documents SET version = r.version, bytes_hash = r.bytes_hash, text_hash = r.text_hash,
      mime_type = r.mime_type, content_length = r.size, meta = r.meta, title = coalesce(r.title, documents.title),
      changed_at = ${now}, gone_at = r.gone_at
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.document_id`);
  await markStale(
    scope,
    versions.filter(({ action }) => action !== 'deleted').map(({ documentId }) => documentId),
  );
}

/** What has read a former content is out of date; the run of its result stays. */
async function markStale(
  { sql: db, workspace, clock, registry }: DataScope,
  documentIds: readonly string[],
): Promise<void> {
  const stages = registry.stages.filter(({ readsContent }) => readsContent).map(({ name }) => name);
  if (stages.length === 0 || documentIds.length === 0) return;
  await db.execute(sql`
    UPDATE document_stages SET status = 'stale', updated_at = ${clock.now()}
    WHERE workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`document_id`, documentIds)}
      AND ${db.dialect.isIn(sql`stage`, stages)} AND status = 'completed'`);
}
