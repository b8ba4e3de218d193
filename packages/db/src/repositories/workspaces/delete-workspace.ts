import type { Session } from '../../connection/connection.ts';
import { createDeletionTally, type DeleteOptions, type Deletion } from '../../deletion/deletion.ts';
import { readForeignKeys } from '../../deletion/foreign-keys.ts';
import { dependantTables } from '../../deletion/plan-deletion.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { dbErrors } from '../../errors.ts';
import { identifier, sql } from '../../sql/statement.ts';
import { lockWork } from '../documents/delete-documents.ts';
import { lockUris } from '../documents/uri-owners.ts';

/** @throws `db.unknown-workspace`. */
export async function deleteWorkspace(
  session: Pick<Session<unknown>, 'transaction'>,
  slug: string,
  { isDryRun }: DeleteOptions,
): Promise<Deletion> {
  return rehearse(session, { isDryRun }, async ({ sql: db }) => {
    const workspace = await db.maybeOne<{ readonly id: number }>(sql`
      SELECT w.id FROM workspaces w WHERE w.slug = ${slug} ${db.dialect.lockRows('w')}`);
    if (!workspace) throw dbErrors.create('unknown-workspace', { slug });
    const scope = { sql: db, workspace: { id: workspace.id, slug } };
    await lockWork(scope, () => sql`1 = 1`);
    await lockUris(scope, 'exclusive');
    const tally = createDeletionTally();
    // Every table of a workspace refers to it, directly or through others, and carries its id.
    for (const table of dependantTables(await readForeignKeys(db), 'workspaces')) {
      const rows = await db.execute(sql`DELETE FROM ${identifier(table)} WHERE workspace_id = ${workspace.id}`);
      tally.deleted(table, rows);
    }
    tally.deleted('workspaces', await db.execute(sql`DELETE FROM workspaces WHERE id = ${workspace.id}`));
    return tally.result();
  });
}
