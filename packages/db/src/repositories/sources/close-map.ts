import { dbErrors } from '../../errors.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import { lockDocuments } from '../documents/lock-documents.ts';
import { markGone } from '../documents/mark-gone.ts';

/** Documents to a transaction: other writers wait no longer than one takes. */
const CHUNK = 1_000;

export interface CloseMapOptions {
  readonly sourceId: string;
  readonly runId: string;
}

/** A map that is being closed. */
interface Closing extends CloseMapOptions {
  /** When the run was made. */
  readonly begunAt: Date;
}

/**
 * What another run has seen since this one began counts as seen, so that two maps of a source may run at once.
 *
 * @throws `db.not-found` for an unknown run.
 */
export async function closeMap(
  scope: DataScope,
  options: CloseMapOptions,
): Promise<{ readonly goneDocuments: number }> {
  const closing = { ...options, begunAt: await beginOf(scope, options.runId) };
  let goneDocuments = 0;
  for (let after = ''; ; ) {
    const ids = await unseenAfter(scope, closing, after);
    goneDocuments += await inTransaction(scope, (inner) => dropFromSource(inner, closing, ids));
    const last = ids.at(-1);
    if (last === undefined || ids.length < CHUNK) return { goneDocuments };
    after = last;
  }
}

async function beginOf({ sql: db, workspace }: DataScope, runId: string): Promise<Date> {
  const run = await db.maybeOne<{ readonly created_at: Date }>(sql`
    SELECT r.created_at FROM runs r WHERE r.workspace_id = ${workspace.id} AND r.id = ${runId}`);
  if (!run) throw dbErrors.create('not-found', { what: 'run', id: runId });
  return run.created_at;
}

async function unseenAfter(scope: DataScope, closing: Closing, after: string): Promise<readonly string[]> {
  const rows = await scope.sql.all<{ readonly document_id: string }>(sql`
    SELECT x.document_id FROM document_sources x
    WHERE ${isUnseen(scope, closing)} AND x.document_id > ${after} ORDER BY x.document_id LIMIT ${CHUNK}`);
  return rows.map((row) => row.document_id);
}

/** Under the documents' locks, which whoever sees one of them anew takes too. */
async function dropFromSource(scope: DataScope, closing: Closing, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { sql: db, workspace, clock } = scope;
  await lockDocuments(scope, ids);
  await db.execute(sql`
    UPDATE document_sources AS x SET gone_at = ${clock.now()}
    WHERE ${isUnseen(scope, closing)} AND ${db.dialect.isIn(sql`x.document_id`, ids)}`);
  const unnamed = await db.all<{ readonly id: string }>(sql`
    SELECT d.id FROM documents d
    WHERE d.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`d.id`, ids)}
      AND NOT EXISTS (
        SELECT 1 FROM document_sources x
        WHERE x.workspace_id = d.workspace_id AND x.document_id = d.id AND x.gone_at IS NULL
      )
    ORDER BY d.id`);
  return markGone(
    scope,
    unnamed.map(({ id }) => id),
    { runId: closing.runId },
  );
}

/** On `document_sources x`. */
function isUnseen({ workspace }: DataScope, { sourceId, runId, begunAt }: Closing): Sql {
  return sql`x.workspace_id = ${workspace.id} AND x.source_id = ${sourceId} AND x.gone_at IS NULL
    AND (x.run_id IS NULL OR x.run_id <> ${runId}) AND x.last_seen_at <= ${begunAt}`;
}
