import type { DataScope } from '../../scope.ts';
import { joinSql, rawSql, type Sql, sql } from '../../sql/statement.ts';
import { type CursorPosition, decodeCursor, encodeCursor, pageLimit } from '../cursor.ts';
import type { DocumentQuery } from '../document-repository.ts';
import { filterConditions, stageCondition, stageRows } from './document-filter.ts';
import { documentOrder, type ListOrder } from './document-order.ts';

/** One page of documents, chosen and ordered. */
export interface DocumentSelection {
  readonly limit: number;
  /** A table of at most `limit + 1` document ids, as column `id`. */
  readonly ids: Sql;
  /** For the rows of `documents d` that the ids are joined to. */
  readonly order: Sql;
  /** The value that a row is ordered by. */
  readonly value: Sql;
  readonly cursorOf: (position: CursorPosition) => string;
}

/**
 * Chooses the rows of a page by index wherever there is one: the databases disagree on the place of NULLs, and no
 * index holds them last in both directions, so rows with a value and rows without are chosen apart; and rows of
 * several stage statuses are chosen status by status.
 *
 * @throws `db.invalid-cursor`, `db.invalid-limit`, `db.unknown-column`.
 */
export function selectDocuments(scope: DataScope, query: DocumentQuery): DocumentSelection {
  const limit = pageLimit(query.limit);
  const order = documentOrder(query.orderBy ?? 'id', query.descending ?? false);
  const after = query.after === undefined ? undefined : decodeCursor(query.after, order);
  const branches = query.stage && order.orderBy === 'id' ? statusBranches : valueBranches;
  const parts = branches(scope, query, order, after).map(
    (branch) => sql`SELECT id FROM (${branch} LIMIT ${limit + 1}) AS branch`,
  );
  const direction = directionOf(order);
  const nullsLast = order.isNullable ? sql`(${order.column} IS NULL), ` : rawSql('');
  return {
    limit,
    ids: parts.length === 0 ? sql`(SELECT id FROM documents WHERE 1 = 0)` : sql`(${joinSql(parts, ' UNION ALL ')})`,
    order: sql`${nullsLast}${order.column} ${direction}, d.id ${direction}`,
    value: order.column,
    cursorOf: (position) => encodeCursor(order, position),
  };
}

type Branches = (
  scope: DataScope,
  query: DocumentQuery,
  order: ListOrder,
  after: CursorPosition | undefined,
) => readonly Sql[];

const valueBranches: Branches = (scope, query, order, after) => {
  const { stage } = query;
  const { column, isNullable } = order;
  const [direction, beyond] = [directionOf(order), beyondOf(order)];
  const conditions = sql`${filterConditions(scope, query)}${stage ? sql` AND ${stageCondition(scope, stage)}` : rawSql('')}`;
  const withValue = (start: Sql): Sql => sql`
    SELECT d.id FROM documents d WHERE ${conditions}${isNullable ? sql` AND ${column} IS NOT NULL` : rawSql('')}${start}
    ORDER BY ${order.orderBy === 'id' ? rawSql('') : sql`${column} ${direction}, `}d.id ${direction}`;
  const withoutValue = (start: Sql): Sql => sql`
    SELECT d.id FROM documents d WHERE ${conditions} AND ${column} IS NULL${start} ORDER BY d.id ${direction}`;
  if (after?.value === null) return [withoutValue(sql` AND d.id ${beyond} ${after.id}`)];
  const start =
    after === undefined
      ? rawSql('')
      : order.orderBy === 'id'
        ? sql` AND d.id ${beyond} ${after.id}`
        : sql` AND (${column}, d.id) ${beyond} (${after.value}, ${after.id})`;
  return [withValue(start), ...(isNullable ? [withoutValue(rawSql(''))] : [])];
};

/** CROSS JOIN keeps SQLite from turning the join around: the stage's index gives the ids in order. */
const statusBranches: Branches = (scope, query, order, after) => {
  const stage = query.stage ?? { stage: '', statuses: [] };
  const [direction, beyond] = [directionOf(order), beyondOf(order)];
  const start = after === undefined ? rawSql('') : sql` AND s.document_id ${beyond} ${after.id}`;
  return [...new Set(stage.statuses)].map(
    (status) => sql`
    SELECT s.document_id AS id FROM document_stages s CROSS JOIN documents d
    WHERE ${stageRows(scope, stage)} AND s.status = ${status}${start}
      AND d.id = s.document_id AND ${filterConditions(scope, query)}
    ORDER BY s.document_id ${direction}`,
  );
};

function directionOf({ isDescending }: ListOrder): Sql {
  return rawSql(isDescending ? 'DESC' : 'ASC');
}

function beyondOf({ isDescending }: ListOrder): Sql {
  return rawSql(isDescending ? '<' : '>');
}
