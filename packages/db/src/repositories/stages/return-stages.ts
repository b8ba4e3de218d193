import type { Facet } from '@sheaf/core';
import type { DeletionTally } from '../../deletion/deletion.ts';
import type { DataScope } from '../../scope.ts';
import { identifier, rawSql, type Sql, sql } from '../../sql/statement.ts';

/**
 * Keeps the present true when a run goes whose results are the latest of some documents. A stage goes back to the
 * result of the run before, where there is one. Where there is none, the document waits for the stage again, or has not
 * come to it yet if it is none that documents wait for.
 */
export async function returnStages(scope: DataScope, runId: string, tally: DeletionTally): Promise<void> {
  await lockStages(scope, runId);
  for (const facet of scope.registry.facets) {
    tally.changed('document_stages', await returnToEarlierResult(scope, runId, facet));
  }
  tally.changed('document_stages', await returnMerged(scope, runId));
  tally.changed('document_stages', await returnToPending(scope, runId));
  const { sql: db, workspace } = scope;
  const left = await db.execute(sql`
    DELETE FROM document_stages WHERE workspace_id = ${workspace.id} AND run_id = ${runId}`);
  tally.deleted('document_stages', left);
}

/** Documents before their stages, each in order: as whoever writes results comes by them. */
async function lockStages({ sql: db, workspace }: DataScope, runId: string): Promise<void> {
  await db.one(sql`
    SELECT count(*) AS locked FROM (
      SELECT d.id FROM documents d
      WHERE d.workspace_id = ${workspace.id} AND d.id IN (
        SELECT s.document_id FROM document_stages s WHERE s.workspace_id = ${workspace.id} AND s.run_id = ${runId}
      )
      ORDER BY d.id ${db.dialect.lockColumns('d')}
    ) AS chosen`);
  await db.one(sql`
    SELECT count(*) AS locked FROM (
      SELECT s.document_id FROM document_stages s WHERE s.workspace_id = ${workspace.id} AND s.run_id = ${runId}
      ORDER BY s.document_id, s.stage, s.variant ${db.dialect.lockRows('s')}
    ) AS chosen`);
}

/** What a result says of its stage, by the column of the stage; what a plugin's results do not have stands for itself. */
const SAID_BY_RESULT = { status: `'completed'`, error_code: 'NULL', error_message: 'NULL' } as const;

/**
 * A stage that waits goes on waiting: only the result that it has changes. What the earlier run had read is not known
 * any more, so that nothing takes it for what is read now.
 */
async function returnToEarlierResult(
  { sql: db, workspace, clock }: DataScope,
  runId: string,
  { stage, table }: Pick<Facet, 'stage' | 'table'>,
): Promise<number> {
  const columns = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const own = new Set(columns.filter((one) => one.table === table).map(({ column }) => column));
  const said = (name: keyof typeof SAID_BY_RESULT): Sql => sql`CASE
    WHEN document_stages.status IN ('pending', 'stale') THEN document_stages.${identifier(name)}
    ELSE ${rawSql(own.has(name) ? `result.${name}` : SAID_BY_RESULT[name])} END`;
  // Asked for each stage by itself. Of EXISTS, or of a join, PostgreSQL makes what its statistics suggest: before there are
  // any, all results may be read for each stage.
  const earlier = (what: Sql): Sql => sql`(
    SELECT ${what} FROM ${identifier(table)} result
    WHERE result.workspace_id = ${workspace.id} AND result.document_id = document_stages.document_id
      AND result.run_id <> ${runId}
    ORDER BY result.run_id DESC LIMIT 1)`;
  return db.execute(sql`
    UPDATE document_stages SET input_hash = NULL, config_hash = NULL, updated_at = ${clock.now()},
      (run_id, status, error_code, error_message) =
        ${earlier(sql`result.run_id, ${said('status')}, ${said('error_code')}, ${said('error_message')}`)}
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND stage = ${stage} AND variant = 'default'
      AND ${earlier(sql`1`)} = 1`);
}

/** A document that is another one waits for nothing. */
async function returnMerged({ sql: db, workspace, clock }: DataScope, runId: string): Promise<number> {
  return db.execute(sql`
    UPDATE document_stages SET status = 'skipped', run_id = NULL, input_hash = NULL, config_hash = NULL,
      error_code = 'data.merged', error_message = 'The document was merged into another.', updated_at = ${clock.now()}
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND document_id IN (
      SELECT d.id FROM documents d WHERE d.workspace_id = ${workspace.id} AND d.merged_into_id IS NOT NULL
    )`);
}

async function returnToPending({ sql: db, workspace, clock, registry }: DataScope, runId: string): Promise<number> {
  const names = registry.stages.filter(({ startsPending }) => startsPending).map(({ name }) => name);
  return db.execute(sql`
    UPDATE document_stages SET status = 'pending', run_id = NULL, input_hash = NULL, config_hash = NULL,
      error_code = NULL, error_message = NULL, updated_at = ${clock.now()}
    WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND variant = 'default'
      AND ${db.dialect.isIn(sql`stage`, names)}`);
}
