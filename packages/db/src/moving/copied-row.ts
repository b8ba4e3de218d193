import type { ForeignKey } from '../deletion/foreign-keys.ts';
import { identifier, joinSql, rawSql, type Sql, sql } from '../sql/statement.ts';
import { isRequired, ownColumns, TENANT } from './key-columns.ts';
import { isLoose } from './move-catalog.ts';
import { hasColumn, type MovePlan, type PlannedTable } from './plan-move.ts';

export interface CopiedRowOptions {
  readonly plan: MovePlan;
  readonly fromId: number;
  readonly toId: number;
}

export interface Twins {
  readonly alias: string;
  readonly twin: string;
  readonly uniqueKey: readonly string[];
}

/** What the columns of a row are in the other workspace, as expressions on the row under an alias. */
export interface CopiedRow {
  value(table: PlannedTable, alias: string, column: string): Sql;
  /** The same of a column of a tie: null while the other workspace has nothing to refer to. */
  tied(tie: ForeignKey, alias: string, column: string): Sql;
  /** Whether the other workspace has the moved row that a key refers to. */
  hasTarget(key: ForeignKey, alias: string): Sql;
  /** Whether the row of the other workspace under the alias `twin` has a key in common with the row. */
  isTwin(table: PlannedTable, twins: Twins): Sql;
}

/**
 * Ids stay what they are. Where the other workspace has the same shared row under another id, since a key of it says
 * so, as the URI of a source, that one is referred to.
 */
export function copiedRow({ plan, fromId, toId }: CopiedRowOptions): CopiedRow {
  const at = (alias: string, column: string): Sql => sql`${rawSql(alias)}.${identifier(column)}`;

  const value = (table: PlannedTable, alias: string, column: string): Sql => {
    if (column === TENANT) return sql`${toId}`;
    if (table.ties.some((tie) => setsNull(tie, column))) return sql`NULL`;
    const keys = table.keys.filter((key) => hasColumn(key, column) && !table.ties.includes(key));
    const shared = keys.find((key) => plan.kindOf(key.targetTable) !== 'moved');
    const plain = shared ? translated(shared, alias, column) : at(alias, column);
    const mayLack = keys.filter((key) => key !== shared && setsNull(key, column));
    return mayLack.reduce((kept, key) => sql`CASE WHEN ${hasTarget(key, alias)} THEN ${kept} END`, plain);
  };

  const tied = (tie: ForeignKey, alias: string, column: string): Sql =>
    plan.kindOf(tie.targetTable) === 'moved'
      ? sql`CASE WHEN ${hasTarget(tie, alias)} THEN ${at(alias, column)} END`
      : lookedUp(tie, alias, column);

  const hasTarget = (key: ForeignKey, alias: string): Sql => {
    const same = ownColumns(key).map(({ column, target }) => sql`t.${identifier(target)} = ${at(alias, column)}`);
    return sql`EXISTS (
      SELECT 1 FROM ${identifier(key.targetTable)} t WHERE t.${identifier(TENANT)} = ${toId} AND ${joinSql(same, ' AND ')}
    )`;
  };

  /** By its id alone, a shared row is there under the same one. */
  const translated = (key: ForeignKey, alias: string, column: string): Sql => {
    const target = plan.table(key.targetTable);
    const [primary = [], ...others] = target.uniqueKeys;
    const staysSame =
      !isLoose(key) &&
      others.length === 0 &&
      target.keys.every((one) => !primary.some((name) => name !== TENANT && hasColumn(one, name)));
    return staysSame ? at(alias, column) : lookedUp(key, alias, column);
  };

  const lookedUp = (key: ForeignKey, alias: string, column: string): Sql => {
    const target = plan.table(key.targetTable);
    // Aliases inside aliases, none of which hides one around it.
    const [own, twin] = [`${alias}a`, `${alias}b`];
    const same = ownColumns(key).map((one) => sql`${at(own, one.target)} = ${at(alias, one.column)}`);
    const wanted = key.columns.find((one) => one.column === column)?.target as string;
    const finds = target.uniqueKeys.map(
      (uniqueKey) => sql`(
        SELECT ${at(twin, wanted)} FROM ${identifier(target.name)} ${rawSql(own)}
        JOIN ${identifier(target.name)} ${rawSql(twin)} ON ${isTwin(target, { alias: own, twin, uniqueKey })}
        WHERE ${at(own, TENANT)} = ${fromId} AND ${joinSql(same, ' AND ')}
      )`,
    );
    return finds.length === 1 ? (finds[0] as Sql) : sql`coalesce(${joinSql(finds, ', ')})`;
  };

  const isTwin = (table: PlannedTable, { alias, twin, uniqueKey }: Twins): Sql =>
    joinSql(
      uniqueKey.map((column) => sql`${at(twin, column)} = ${value(table, alias, column)}`),
      ' AND ',
    );

  return { value, tied, hasTarget, isTwin };
}

function setsNull(key: ForeignKey, column: string): boolean {
  return !isRequired(key) && key.columns.some((one) => one.column === column && one.isOptional);
}
