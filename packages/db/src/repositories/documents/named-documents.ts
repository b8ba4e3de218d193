import { cleanText } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';
import type { DataScope } from '../../scope.ts';
import { rawSql, type Sql, sql } from '../../sql/statement.ts';
import { uriHash } from './document-uri.ts';

type Scope = Pick<DataScope, 'sql' | 'workspace'>;

/**
 * The documents that ids and URIs lead to, each once, in the order of their ids. A merged one leads to the one that it
 * was merged into.
 *
 * @throws `db.not-found`.
 */
export async function documentsNamed(
  { sql: db, workspace }: Scope,
  names: readonly string[],
): Promise<readonly string[]> {
  const rows = db.dialect.records(
    { name: 'text', hash: 'text' },
    [...new Set(names)].map((name) => [cleanText(name), uriHash(name)]),
  );
  const found = await db.all<{ readonly name: string; readonly id: string | null }>(sql`
    SELECT r.name, coalesce(u.document_id, d.merged_into_id, d.id) AS id
    FROM ${rows} AS r
    LEFT JOIN document_uris u ON u.workspace_id = ${workspace.id} AND u.uri_hash = r.hash
    LEFT JOIN documents d ON d.workspace_id = ${workspace.id} AND d.id = r.name`);
  const missing = found.find(({ id }) => id === null);
  if (missing) throw dbErrors.create('not-found', { what: 'document', id: missing.name });
  return [...new Set(found.flatMap(({ id }) => id ?? []))].sort();
}

/** Documents with those that were merged into them, in the order of their ids; locked for deletion where asked. */
export async function withMerged(
  { sql: db, workspace }: Scope,
  documentIds: readonly string[],
  lock: Sql = rawSql(''),
): Promise<readonly string[]> {
  const rows = await db.all<{ readonly id: string }>(sql`
    SELECT d.id FROM documents d
    WHERE d.workspace_id = ${workspace.id}
      AND (${db.dialect.isIn(sql`d.id`, documentIds)} OR ${db.dialect.isIn(sql`d.merged_into_id`, documentIds)})
    ORDER BY d.id ${lock}`);
  return rows.map(({ id }) => id);
}
