import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import { pageLimit } from '../cursor.ts';
import type { DocumentFilter, DomainCount, StageCount } from '../document-repository.ts';
import { filterConditions, stageRows } from './document-filter.ts';

export async function countDocuments(scope: DataScope, filter: DocumentFilter): Promise<number> {
  const { sql: db } = scope;
  const { stage } = filter;
  const conditions = filterConditions(scope, filter);
  // A document has one row of a stage in a variant: counting those rows counts it once.
  const counted = stage
    ? sql`document_stages s CROSS JOIN documents d
        WHERE ${stageRows(scope, stage)} AND ${db.dialect.isIn(sql`s.status`, stage.statuses)}
          AND d.id = s.document_id AND ${conditions}`
    : sql`documents d WHERE ${conditions}`;
  const { count } = await db.one<{ readonly count: number }>(sql`SELECT count(*) AS count FROM ${counted}`);
  return count;
}

/** Variant `default` only. */
export async function countsByStage(
  scope: DataScope,
  filter: Pick<DocumentFilter, 'sourceId' | 'domain'>,
): Promise<readonly StageCount[]> {
  return scope.sql.all<StageCount>(sql`
    SELECT s.stage, s.status, count(*) AS count
    FROM documents d
    JOIN document_stages s ON s.workspace_id = d.workspace_id AND s.document_id = d.id AND s.variant = 'default'
    WHERE ${filterConditions(scope, filter)}
    GROUP BY s.stage, s.status ORDER BY s.stage, s.status`);
}

export async function countsByDomain(
  { sql: db, workspace }: DataScope,
  { limit }: { readonly limit?: number },
): Promise<readonly DomainCount[]> {
  return db.all<DomainCount>(sql`
    SELECT d.domain, count(*) AS count FROM documents d
    WHERE d.workspace_id = ${workspace.id} AND d.merged_into_id IS NULL
    GROUP BY d.domain ORDER BY count DESC, d.domain LIMIT ${pageLimit(limit)}`);
}
