import type { DataScope } from '../../scope.ts';
import { joinSql, sql } from '../../sql/statement.ts';
import { pageLimit } from '../cursor.ts';
import type { DocumentFilter, DomainCount, StageCount } from '../document-repository.ts';
import { filterConditions, prefixCondition, stageRows } from './document-filter.ts';

export async function countDocuments(scope: DataScope, filter: DocumentFilter): Promise<number> {
  const { sql: db } = scope;
  const { stage } = filter;
  const conditions = joinSql([filterConditions(scope, filter), ...prefixCondition(filter)], ' AND ');
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
  const isFiltered = filter.sourceId !== undefined || filter.domain !== undefined;
  return isFiltered ? countsOfSome(scope, filter) : countsOfAll(scope);
}

async function countsOfSome(
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

/**
 * Counts in an index alone, and takes away what belongs to the few documents that were merged: to look at the document
 * of each row would cost many times as much. SQLite looks no `IS NOT NULL` up in an index.
 */
async function countsOfAll({ sql: db, workspace }: DataScope): Promise<readonly StageCount[]> {
  return db.all<StageCount>(sql`
    SELECT counted.stage, counted.status, CAST(sum(counted.rows) AS bigint) AS count
    FROM (
      SELECT s.stage, s.status, count(*) AS rows FROM document_stages s
      WHERE s.workspace_id = ${workspace.id} AND s.variant = 'default'
      GROUP BY s.stage, s.status
      UNION ALL
      SELECT s.stage, s.status, -count(*) AS rows
      FROM documents d CROSS JOIN document_stages s
      WHERE d.workspace_id = ${workspace.id} AND d.merged_into_id > ''
        AND s.workspace_id = d.workspace_id AND s.document_id = d.id AND s.variant = 'default'
      GROUP BY s.stage, s.status
    ) AS counted
    GROUP BY counted.stage, counted.status HAVING sum(counted.rows) > 0
    ORDER BY counted.stage, counted.status`);
}

/** In the same way. */
export async function countsByDomain(
  { sql: db, workspace }: DataScope,
  { limit }: { readonly limit?: number },
): Promise<readonly DomainCount[]> {
  return db.all<DomainCount>(sql`
    SELECT counted.domain, CAST(sum(counted.rows) AS bigint) AS count
    FROM (
      SELECT d.domain, count(*) AS rows FROM documents d
      WHERE d.workspace_id = ${workspace.id}
      GROUP BY d.domain
      UNION ALL
      SELECT d.domain, -1 AS rows FROM documents d
      WHERE d.workspace_id = ${workspace.id} AND d.merged_into_id > ''
    ) AS counted
    GROUP BY counted.domain HAVING sum(counted.rows) > 0
    ORDER BY count DESC, counted.domain LIMIT ${pageLimit(limit)}`);
}
