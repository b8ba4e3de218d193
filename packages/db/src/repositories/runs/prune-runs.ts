import type { Facet } from '@sheaf/core';
import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally, type Deletion, type DeletionTally } from '../../deletion/deletion.ts';
import { dropTracesOfRun } from '../../deletion/drop-traces.ts';
import { readForeignKeys } from '../../deletion/foreign-keys.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import type { DataScope } from '../../scope.ts';
import { identifier, rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { PruneRuns } from '../run-repository.ts';

/** Results to a transaction: other writers wait no longer than one takes. */
const CHUNK = 5_000;

export async function pruneRuns(
  scope: DataScope,
  { olderThanMs, keep, isDryRun = false }: PruneRuns,
): Promise<Deletion> {
  if (olderThanMs === undefined && keep === undefined) return createDeletionTally().result();
  const prune = async (inner: DataScope): Promise<Deletion> => {
    const tally = createDeletionTally();
    for (const { id } of await oldRuns(inner, { olderThanMs, keep })) {
      for (const facet of inner.registry.facets) await dropSuperseded(inner, id, facet, tally);
      await inner.transaction((transaction) => dropUnnamed(transaction, id, tally));
    }
    return tally.result();
  };
  return isDryRun ? rehearse(scope, { isDryRun }, prune) : prune(scope);
}

/** What began after an open run may be a part of it. */
async function oldRuns(
  { sql: db, workspace, clock }: DataScope,
  { olderThanMs = 0, keep = 0 }: PruneRuns,
): Promise<readonly { readonly id: string }[]> {
  const before = new Date(clock.now().getTime() - olderThanMs);
  return db.all(sql`
    SELECT ended.id FROM (
      SELECT r.id, r.ended_at, row_number() OVER (PARTITION BY r.tool ORDER BY r.id DESC) AS place FROM runs r
      WHERE r.workspace_id = ${workspace.id} AND r.ended_at IS NOT NULL
    ) AS ended
    WHERE ended.place > ${keep} AND ended.ended_at <= ${before} AND NOT EXISTS (
      SELECT 1 FROM runs o WHERE o.workspace_id = ${workspace.id} AND o.ended_at IS NULL AND o.id < ended.id
    )
    ORDER BY ended.id`);
}

type Results = Pick<Facet, 'stage' | 'table'>;

/**
 * Results of the run that are not what their documents' stage names. The documents are locked before the results are
 * looked at, as by whoever gives a stage back to an earlier result.
 */
async function dropSuperseded(
  scope: DataScope,
  runId: string,
  { stage, table }: Results,
  tally: DeletionTally,
): Promise<void> {
  const { workspace } = scope;
  const superseded = (among: Sql): Sql => sql`
    SELECT result.document_id FROM ${identifier(table)} result
    WHERE result.workspace_id = ${workspace.id} AND result.run_id = ${runId} ${among} AND NOT EXISTS (
      SELECT 1 FROM document_stages s
      WHERE s.workspace_id = ${workspace.id} AND s.document_id = result.document_id AND s.stage = ${stage}
        AND s.run_id = ${runId}
    )`;
  for (let after = ''; ; ) {
    const found = await scope.sql.all<{ readonly document_id: string }>(
      sql`${superseded(sql`AND result.document_id > ${after}`)} ORDER BY result.document_id LIMIT ${CHUNK}`,
    );
    const ids = found.map(({ document_id }) => document_id);
    if (ids.length === 0) return;
    after = ids.at(-1) ?? after;
    const rows = await scope.transaction(async ({ sql: db }) => {
      await db.all(sql`
        SELECT d.id FROM documents d WHERE d.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`d.id`, ids)}
        ORDER BY d.id ${db.dialect.lockColumns('d')}`);
      const still = superseded(sql`AND ${db.dialect.isIn(sql`result.document_id`, ids)}`);
      return db.execute(sql`
        DELETE FROM ${identifier(table)}
        WHERE workspace_id = ${workspace.id} AND run_id = ${runId} AND document_id IN (${still})`);
    });
    tally.deleted(table, rows);
  }
}

/** The run, unless a stage or the finding of a document names it. */
async function dropUnnamed(scope: DataScope, runId: string, tally: DeletionTally): Promise<void> {
  const { sql: db, workspace } = scope;
  const run = await db.maybeOne(sql`
    SELECT r.id FROM runs r
    WHERE r.workspace_id = ${workspace.id} AND r.id = ${runId} ${db.dialect.lockForDeletion('r')}`);
  const naming = ['document_stages', 'document_sources'].map(
    (table) => sql`EXISTS (SELECT 1 FROM ${rawSql(table)} WHERE workspace_id = ${workspace.id} AND run_id = ${runId})`,
  );
  const [stages, sources] = naming as [Sql, Sql];
  if (!run || (await db.maybeOne(sql`SELECT 1 AS found WHERE ${stages} OR ${sources}`))) return;
  await dropTracesOfRun(scope, runId, tally);
  const keys = await readForeignKeys(db);
  await deleteRows(db, { keys, table: 'runs', workspaceId: workspace.id, ids: [runId], tally });
}
