import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally, type DeleteOptions, type Deletion } from '../../deletion/deletion.ts';
import { dropTracesOfRun } from '../../deletion/drop-traces.ts';
import { readForeignKeys } from '../../deletion/foreign-keys.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import { returnStages } from '../stages/return-stages.ts';

/** @throws `db.not-found`, `db.run-open`. */
export async function deleteRun(scope: DataScope, runId: string, { isDryRun }: DeleteOptions): Promise<Deletion> {
  return rehearse(scope, { isDryRun }, async (inner) => {
    const { sql: db, workspace } = inner;
    const run = await db.maybeOne<{ readonly ended_at: Date | null }>(sql`
      SELECT r.ended_at FROM runs r
      WHERE r.workspace_id = ${workspace.id} AND r.id = ${runId} ${db.dialect.lockForDeletion('r')}`);
    if (!run) throw dbErrors.create('not-found', { what: 'run', id: runId });
    if (run.ended_at === null) throw dbErrors.create('run-open', { id: runId });
    const tally = createDeletionTally();
    await returnStages(inner, runId, tally);
    await dropTracesOfRun(inner, runId, tally);
    const keys = await readForeignKeys(db);
    await deleteRows(db, { keys, table: 'runs', workspaceId: workspace.id, ids: [runId], tally });
    return tally.result();
  });
}
