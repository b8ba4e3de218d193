import { dbErrors } from '../../errors.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { RecordContentOptions } from '../document-repository.ts';
import { readRecord } from '../stored-value.ts';
import { type LockedDocument, lockSurvivors } from './lock-documents.ts';
import { writeVersions } from './write-versions.ts';

export interface RestoreVersionOptions extends RecordContentOptions {
  readonly documentId: string;
  readonly version: number;
}

interface Row {
  readonly bytes_hash: string;
  readonly text_hash: string | null;
  readonly mime_type: string | null;
  readonly size: number | null;
  readonly meta: unknown;
}

/**
 * Gives the number of the new version; of the current one where that is what was asked for. Restoring brings back a
 * document that was gone. A deleted version holds nothing to restore.
 *
 * @throws `db.not-found` for an unknown document or version, and for a deleted version.
 */
export async function restoreVersion(
  scope: DataScope,
  { documentId, version, ...options }: RestoreVersionOptions,
): Promise<number> {
  return inTransaction(scope, async (inner) => {
    const { sql: db, workspace } = inner;
    const document = (await lockSurvivors(inner, [documentId])).get(documentId) as LockedDocument;
    const row = await db.maybeOne<Row>(sql`
      SELECT v.bytes_hash, v.text_hash, v.mime_type, v.size, v.meta FROM document_versions v
      WHERE v.workspace_id = ${workspace.id} AND v.document_id = ${document.id} AND v.version = ${version}
        AND v.bytes_hash IS NOT NULL`);
    if (!row) throw dbErrors.create('not-found', { what: 'version', id: `${documentId}@${version}` });
    if (version === document.version) return version;
    const restored = {
      documentId: document.id,
      version: document.version + 1,
      action: 'restored' as const,
      bytesHash: row.bytes_hash,
      textHash: row.text_hash,
      mimeType: row.mime_type,
      size: row.size,
      meta: readRecord(row.meta),
      title: null,
    };
    await writeVersions(inner, [restored], options);
    return restored.version;
  });
}
