import type { DataScope } from '../../scope.ts';
import { joinSql, rawSql, type Sql, sql } from '../../sql/statement.ts';
import { type CursorPosition, decodeCursor, encodeCursor, pageLimit } from '../cursor.ts';
import type { DocumentQuery } from '../document-repository.ts';
import { filterConditions, prefixCondition, stageCondition, stageRows } from './document-filter.ts';
import { documentOrder, type ListOrder } from './document-order.ts';

/** One page of documents, chosen and ordered. */
export interface DocumentSelection {
  readonly limit: number;
  /** What follows the columns of a SELECT: at most `limit + 1` rows of `documents d` and its joins, in order. */
  readonly rows: (joins: Sql) => Sql;
  /** The value that a row is ordered by. */
  readonly value: Sql;
  readonly cursorOf: (position: CursorPosition) => string;
}

/** Rows that one index gives in order. */
interface Branch {
  /** Where they stand among those of the other branches; those of one place are ordered by id. */
  readonly place: 0 | 1;
  /** Names `documents d`. */
  readonly from: Sql;
  readonly where: Sql;
  readonly order: Sql;
}

type Branches = (
  scope: DataScope,
  query: DocumentQuery,
  order: ListOrder,
  after: CursorPosition | undefined,
) => readonly Branch[];

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
  const branchesOf = query.stage && order.orderBy === 'id' ? statusBranches : valueBranches;
  const branches = branchesOf(scope, query, order, after);
  const [only] = branches;
  return {
    limit,
    rows: (joins) =>
      branches.length === 1 && only
        ? sql`FROM ${only.from} ${joins} WHERE ${only.where} ORDER BY ${only.order} LIMIT ${limit + 1}`
        : rowsOfSeveral(scope, { branches, joins, order, limit }),
    value: order.column,
    cursorOf: (position) => encodeCursor(order, position),
  };
}

interface SeveralBranches {
  readonly branches: readonly Branch[];
  readonly joins: Sql;
  readonly order: ListOrder;
  readonly limit: number;
}

/** CROSS JOIN keeps SQLite from reading all documents and looking each up among the chosen. */
function rowsOfSeveral({ workspace }: DataScope, { branches, joins, order, limit }: SeveralBranches): Sql {
  const direction = directionOf(order);
  const parts = branches.map(
    ({ from, where, order: inOrder, place }) => sql`
      SELECT id, ${rawSql(String(place))} AS place
      FROM (SELECT d.id FROM ${from} WHERE ${where} ORDER BY ${inOrder} LIMIT ${limit + 1}) AS branch`,
  );
  const ids =
    parts.length === 0 ? sql`SELECT id, 0 AS place FROM documents WHERE 1 = 0` : joinSql(parts, ' UNION ALL ');
  const nullsLast = order.isNullable ? sql`(${order.column} IS NULL), ` : rawSql('');
  return sql`
    FROM (SELECT id FROM (${ids}) AS branches ORDER BY place, id ${direction} LIMIT ${limit + 1}) AS chosen
    CROSS JOIN documents d ${joins}
    WHERE d.workspace_id = ${workspace.id} AND d.id = chosen.id
    ORDER BY ${nullsLast}${order.column} ${direction}, d.id ${direction} LIMIT ${limit + 1}`;
}

const valueBranches: Branches = (scope, query, order, after) => {
  const { stage } = query;
  const { column, isNullable } = order;
  const [direction, beyond] = [directionOf(order), beyondOf(order)];
  const conditions = joinSql(
    [
      filterConditions(scope, query),
      ...(stage ? [stageCondition(scope, stage)] : []),
      ...(order.orderBy === 'uri' ? prefixCondition(query) : []),
    ],
    ' AND ',
  );
  const from = sql`documents d`;
  const withValue = (start: Sql): Branch => ({
    place: 0,
    from,
    where: sql`${conditions}${isNullable ? sql` AND ${column} IS NOT NULL` : rawSql('')}${start}`,
    order: sql`${order.orderBy === 'id' ? rawSql('') : sql`${column} ${direction}, `}d.id ${direction}`,
  });
  const withoutValue = (start: Sql): Branch => ({
    place: 1,
    from,
    where: sql`${conditions} AND ${column} IS NULL${start}`,
    order: sql`d.id ${direction}`,
  });
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
  return [...new Set(stage.statuses)].map((status) => ({
    place: 0,
    from: sql`document_stages s CROSS JOIN documents d`,
    where: sql`${stageRows(scope, stage)} AND s.status = ${status}${start}
      AND d.id = s.document_id AND ${filterConditions(scope, query)}`,
    order: sql`s.document_id ${direction}`,
  }));
};

function directionOf({ isDescending }: ListOrder): Sql {
  return rawSql(isDescending ? 'DESC' : 'ASC');
}

function beyondOf({ isDescending }: ListOrder): Sql {
  return rawSql(isDescending ? '<' : '>');
}
