import { cleanText } from '@sheaf/core';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { StageUpdate } from '../stage-repository.ts';

const MAX_MESSAGE_LENGTH = 2_000;

/**
 * Of several updates of one stage of one document the last holds. The run, and the hashes of what it read, stay
 * unless a run is named; the error goes unless one is.
 */
export async function setStages(
  { sql: db, workspace, clock }: DataScope,
  updates: readonly StageUpdate[],
): Promise<void> {
  if (updates.length === 0) return;
  const last = new Map<string, StageUpdate & { readonly variant: string }>();
  for (const update of updates) {
    const { documentId, stage, variant = 'default' } = update;
    last.set(JSON.stringify([documentId, stage, variant]), { ...update, variant });
  }
  const rows = db.dialect.records(
    {
      document_id: 'text',
      stage: 'text',
      variant: 'text',
      status: 'text',
      run_id: 'text',
      input_hash: 'text',
      config_hash: 'text',
      error_code: 'text',
      error_message: 'text',
    },
    [...last.values()].map((update) => [
      update.documentId,
      update.stage,
      update.variant,
      update.status,
      update.runId,
      update.inputHash,
      update.configHash,
      update.errorCode,
      update.errorMessage == null ? null : cleanText(update.errorMessage, MAX_MESSAGE_LENGTH),
    ]),
  );
  await db.execute(sql`
    INSERT INTO document_stages
      (workspace_id, document_id, stage, variant, status, run_id, input_hash, config_hash, error_code, error_message,
       updated_at)
    SELECT ${workspace.id}, r.document_id, r.stage, r.variant, r.status, r.run_id, r.input_hash, r.config_hash,
      r.error_code, r.error_message, ${clock.now()}
    FROM ${rows} AS r WHERE true ORDER BY r.document_id, r.stage, r.variant
    ON CONFLICT (workspace_id, document_id, stage, variant) DO UPDATE
    SET status = excluded.status, error_code = excluded.error_code, error_message = excluded.error_message,
      run_id = coalesce(excluded.run_id, document_stages.run_id),
      input_hash = CASE WHEN excluded.run_id IS NULL
        THEN coalesce(excluded.input_hash, document_stages.input_hash) ELSE excluded.input_hash END,
      config_hash = CASE WHEN excluded.run_id IS NULL
        THEN coalesce(excluded.config_hash, document_stages.config_hash) ELSE excluded.config_hash END,
      updated_at = excluded.updated_at`);
}
