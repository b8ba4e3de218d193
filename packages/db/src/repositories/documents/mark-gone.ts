import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { RecordContentOptions } from '../document-repository.ts';
import { lockDocuments } from './lock-documents.ts';
import { writeVersions } from './write-versions.ts';

/**
 * Marks those of the documents gone that are not yet. Merged ones stay as they are: that one of its URIs is gone does
 * not make the document gone that they lead to.
 */
export async function markGone(
  scope: DataScope,
  documentIds: readonly string[],
  options: RecordContentOptions,
): Promise<number> {
  if (documentIds.length === 0) return 0;
  return inTransaction(scope, async (inner) => {
    const { sql: db, workspace, clock } = inner;
    const locked = await lockDocuments(inner, documentIds);
    const gone = [...locked.values()].filter(({ isGone, mergedIntoId }) => !isGone && mergedIntoId === null);
    const [withContent, empty] = [gone.filter(hasContent), gone.filter((document) => !hasContent(document))];
    await writeVersions(
      inner,
      withContent.map(({ id, version }) => ({
        documentId: id,
        version: version + 1,
        action: 'deleted',
        bytesHash: null,
        textHash: null,
        mimeType: null,
        size: null,
        meta: null,
        title: null,
      })),
      options,
    );
    if (empty.length > 0) {
      const ids = empty.map(({ id }) => id);
      await db.execute(sql`
        UPDATE documents SET gone_at = ${clock.now()}
        WHERE workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`id`, ids)}`);
    }
    return gone.length;
  });
}

function hasContent({ bytesHash }: { readonly bytesHash: string | null }): boolean {
  return bytesHash !== null;
}
