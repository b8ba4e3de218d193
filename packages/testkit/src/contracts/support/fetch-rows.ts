import { sql } from '@sheaf/db';
import type { DocumentWorkspace } from './document-rows.ts';

/** Writes what a fetch writes of documents: its results and where they stand, at once. */
export async function recordFetches(
  { scope, stages }: DocumentWorkspace,
  runId: string,
  documentIds: readonly string[],
  outcome: { readonly status: 'completed' | 'failed'; readonly errorCode?: string } = { status: 'completed' },
): Promise<void> {
  const { status, errorCode } = outcome;
  const rows = scope.sql.dialect.records(
    { document_id: 'text' },
    documentIds.map((id) => [id]),
  );
  await scope.sql.execute(sql`
    INSERT INTO fetch_results (workspace_id, document_id, run_id, status, error_code, fetched_at)
    SELECT ${scope.workspace.id}, r.document_id, ${runId}, ${status}, ${errorCode ?? null}, ${scope.clock.now()}
    FROM ${rows} AS r`);
  await stages.set(
    documentIds.map((documentId) => ({
      documentId,
      stage: 'fetch',
      status,
      runId,
      inputHash: `input of ${runId}`,
      configHash: 'config',
      ...(errorCode === undefined ? {} : { errorCode }),
    })),
  );
}
