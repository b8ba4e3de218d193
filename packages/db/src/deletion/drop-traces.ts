import type { DataScope } from '../scope.ts';
import { sql } from '../sql/statement.ts';
import type { DeletionTally } from './deletion.ts';

type Scope = Pick<DataScope, 'sql' | 'workspace'>;

/**
 * Sees to what names the items and steps of documents without a foreign key: what happened to an item goes with it,
 * and the call of a model stays, with what it cost.
 */
export async function dropTracesOfDocuments(
  { sql: db, workspace }: Scope,
  documentIds: readonly string[],
  tally: DeletionTally,
): Promise<void> {
  const chosen = sql`workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`document_id`, documentIds)}`;
  // By their runs first: these are indexed.
  const events = await db.execute(sql`
    DELETE FROM lifecycle_events
    WHERE workspace_id = ${workspace.id} AND run_id IN (SELECT run_id FROM run_items WHERE ${chosen})
      AND item_id IN (SELECT id FROM run_items WHERE ${chosen})`);
  tally.deleted('lifecycle_events', events);
  const calls = await db.execute(sql`
    UPDATE llm_calls SET step_id = NULL
    WHERE workspace_id = ${workspace.id} AND run_id IN (SELECT run_id FROM steps WHERE ${chosen})
      AND step_id IN (SELECT id FROM steps WHERE ${chosen})`);
  tally.changed('llm_calls', calls);
}

/** The same of a run: what outlives it no longer names it. */
export async function dropTracesOfRun(
  { sql: db, workspace }: Scope,
  runId: string,
  tally: DeletionTally,
): Promise<void> {
  const chosen = sql`workspace_id = ${workspace.id} AND run_id = ${runId}`;
  tally.changed('document_sources', await db.execute(sql`UPDATE document_sources SET run_id = NULL WHERE ${chosen}`));
  tally.changed('artifacts', await db.execute(sql`UPDATE artifacts SET run_id = NULL WHERE ${chosen}`));
  tally.changed('llm_calls', await db.execute(sql`UPDATE llm_calls SET run_id = NULL, step_id = NULL WHERE ${chosen}`));
}
