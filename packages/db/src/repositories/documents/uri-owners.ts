import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';

/**
 * Takes the workspace's lock of URIs. Under the shared one, URIs that have a document keep it, so that many processes
 * add documents at once; under the exclusive one, URIs may be given to other documents.
 */
export async function lockUris(
  { sql: db, workspace }: Pick<DataScope, 'sql' | 'workspace'>,
  mode: 'shared' | 'exclusive',
): Promise<void> {
  const lock = db.dialect.lockUris(workspace.id, mode);
  if (lock) await db.all(lock);
}

/** The documents that URIs lead to, by the URIs' hashes; unknown ones are left out. */
export async function findOwners(
  { sql: db, workspace }: DataScope,
  hashes: readonly string[],
): Promise<Map<string, string>> {
  if (hashes.length === 0) return new Map();
  const rows = await db.all<{ readonly uri_hash: string; readonly document_id: string }>(sql`
    SELECT u.uri_hash, u.document_id FROM document_uris u
    WHERE u.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`u.uri_hash`, hashes)}`);
  return new Map(rows.map((row) => [row.uri_hash, row.document_id]));
}
