import type { SqlExecutor } from '../../sql/executor.ts';
import { sql } from '../../sql/statement.ts';
import { lockWork } from '../documents/delete-documents.ts';
import { documentsNamed, withMerged } from '../documents/named-documents.ts';
import { lockUris } from '../documents/uri-owners.ts';
import type { Move } from './move-documents.ts';

/**
 * Keeps others from the work and the URIs of both workspaces, in the order in which they come by them. The documents
 * come after that, since what names lead to may change until the URIs are locked.
 *
 * @throws `db.not-found`.
 */
export async function lockMove(
  db: SqlExecutor,
  { from, to }: Pick<Move, 'from' | 'to'>,
  names: readonly string[],
): Promise<void> {
  if (!db.dialect.hasRowLocks) return;
  const scope = { sql: db, workspace: from };
  const likely = await withMerged(scope, await documentsNamed(scope, names));
  await lockWork(scope, (column) => db.dialect.isIn(column, likely));
  // Runs that an earlier move has brought there.
  await db.one(sql`
    SELECT count(*) AS locked FROM (
      SELECT r.id FROM runs r
      WHERE r.workspace_id = ${to.id} AND r.id IN (
        SELECT i.run_id FROM run_items i WHERE i.workspace_id = ${from.id} AND ${db.dialect.isIn(sql`i.document_id`, likely)}
      )
      ORDER BY r.id ${db.dialect.lockRows('r')}
    ) AS chosen`);
  for (const workspace of [from, to].sort((a, b) => a.id - b.id)) await lockUris({ sql: db, workspace }, 'exclusive');
}
