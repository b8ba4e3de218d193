import { leadingTo } from '../deletion/delete-rows.ts';
import type { ForeignKey } from '../deletion/foreign-keys.ts';
import { keepsContent, namesContent } from '../repositories/contents/naming-columns.ts';
import type { Dialect } from '../sql/dialect.ts';
import { identifier, joinSql, rawSql, type Sql, sql, textOf } from '../sql/statement.ts';
import { ownColumns, TENANT } from './key-columns.ts';
import { isLoose } from './move-catalog.ts';
import type { MovePlan, PlannedTable } from './plan-move.ts';

export interface ChooseRowsOptions {
  readonly plan: MovePlan;
  readonly dialect: Dialect;
  /** The workspace that the documents are in. */
  readonly workspaceId: number;
  /** With all that were merged into one of them. */
  readonly documentIds: readonly string[];
}

/** Conditions on the rows of a table, with the names of its columns as they are. */
export interface ChosenRows {
  /** What belongs to the documents by a way of the table's. */
  byWay(way: ForeignKey): Sql;
  /** What belongs to the documents in each way; for `documents` the documents themselves. */
  moved(table: PlannedTable): readonly Sql[];
  /** What moved rows refer to, directly or through others, and the parts of that. */
  needed(table: PlannedTable): Sql;
  /** Selects columns of rows of the workspace. */
  select(table: string, columns: readonly string[], rows: Sql): Sql;
}

/** Says which rows of the tables of a plan have to do with some documents. */
export function chooseRows({ plan, dialect, workspaceId, documentIds }: ChooseRowsOptions): ChosenRows {
  const chosen = sql`${identifier(TENANT)} = ${workspaceId} AND ${dialect.isIn(sql`id`, documentIds)}`;
  const anyOf = (conditions: readonly Sql[]): Sql => joinSql(conditions, ' OR ');
  const leading = (key: ForeignKey, targets: Sql): Sql =>
    leadingTo(key, targets, { table: 'documents', workspaceId, ids: documentIds }, dialect);

  const byWay = (way: ForeignKey): Sql => leading(way, anyOf(moved(plan.table(way.targetTable))));
  const moved = ({ name, ways }: PlannedTable): readonly Sql[] => (name === 'documents' ? [chosen] : ways.map(byWay));

  /** `passed`: a table that leads back to one of these, such as to itself, makes none of its rows needed. */
  const needed = (table: PlannedTable, passed: ReadonlySet<string>): Sql => {
    const inside = new Set([...passed, table.name]);
    if (table.kind === 'part') {
      const owned = table.ways.map((way) => leading(way, needed(plan.table(way.targetTable), inside)));
      return joinSql(owned, ' AND ');
    }
    const named = plan.tables.flatMap((naming) =>
      naming.keys
        .filter((key) => key.targetTable === table.name && !inside.has(naming.name))
        .filter((key) => !(naming.kind === 'part' && naming.ways.includes(key)))
        // A copy forgets what may have gone before it.
        .filter((key) => !(naming.kind === 'shared' && isLoose(key)))
        .flatMap((key) => rowsOf(naming, inside).map((rows) => valuesOf(key, rows))),
    );
    return sql`${identifier(TENANT)} = ${workspaceId} AND ${isAmong([...named, ...valuesByHash(table, inside)])}`;
  };

  const rowsOf = (table: PlannedTable, passed: ReadonlySet<string>): readonly Sql[] =>
    table.kind === 'moved' ? moved(table) : [needed(table, passed)];

  const select = (table: string, columns: readonly string[], rows: Sql): Sql =>
    sql`SELECT ${rawSql(joinNames(columns))} FROM ${identifier(table)} WHERE ${identifier(TENANT)} = ${workspaceId} AND (${rows})`;

  const valuesOf = (key: ForeignKey, rows: Sql): KeyValues => {
    const own = ownColumns(key);
    const columns = own.map(({ column }) => column);
    return { of: joinNames(own.map(({ target }) => target)), values: select(key.table, columns, rows) };
  };

  /** Bytes, and what was made of them, are named by hashes; as pruning sees it. */
  const valuesByHash = ({ name }: PlannedTable, passed: ReadonlySet<string>): readonly KeyValues[] => {
    if (keepsContent(name)) return [];
    const hashes = plan.tables
      .filter((table) => keepsContent(table.name) && !passed.has(table.name))
      .flatMap((table) =>
        table.columns
          .filter(namesContent)
          .flatMap((column) => rowsOf(table, passed).map((rows) => select(table.name, [column], rows))),
      );
    const of = joinNames([name === 'contents' ? 'hash' : 'input_hash']);
    const named = hashes.map((values) => ({ of, values }));
    if (name === 'contents') return named;
    const inUse = select('artifacts', ['input_hash'], sql`content_hash IN (${joinSql(hashes, ' UNION ')})`);
    return [...named, { of, values: inUse }];
  };

  return { byWay, moved, needed: (table) => needed(table, new Set()), select };
}

/** Values of columns that tell rows apart. */
interface KeyValues {
  /** The columns, quoted. */
  readonly of: string;
  /** Selects the values. */
  readonly values: Sql;
}

/** One look-up for each set of columns, since no index serves the two sides of an OR. */
function isAmong(values: readonly KeyValues[]): Sql {
  const lookUps = [...Map.groupBy(values, ({ of }) => of)].map(([of, group]) => {
    const selects = group.map((one) => one.values);
    return sql`(${rawSql(of)}) IN (${joinSql(selects, ' UNION ')})`;
  });
  return lookUps.length === 0 ? rawSql('1 = 0') : sql`(${joinSql(lookUps, ' OR ')})`;
}

function joinNames(names: readonly string[]): string {
  return names.map((name) => textOf(identifier(name))).join(', ');
}
