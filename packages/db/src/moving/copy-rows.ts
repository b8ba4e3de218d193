import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, joinSql, rawSql, type Sql, sql, textOf } from '../sql/statement.ts';
import type { ChosenRows } from './choose-rows.ts';
import { type CopiedRow, type CopiedRowOptions, copiedRow } from './copied-row.ts';
import { isRequired, ownColumns, TENANT } from './key-columns.ts';
import type { PlannedTable } from './plan-move.ts';

/** Writes rows of one workspace into another. Each gives the number of rows written. */
export interface RowCopier {
  /**
   * Until the transaction ends, keeps what is about to move from changing, and what the other workspace has of shared
   * rows from being deleted.
   */
  lock(table: PlannedTable, rows: ChosenRows): Promise<void>;
  /** Rows that move. What ties them to what stays is left out. */
  copyMoved(table: PlannedTable, rows: ChosenRows): Promise<number>;
  /** Rows that fulfil a condition, as far as the other workspace has them not, under their own or any other id. */
  copyMissing(table: PlannedTable, condition: Sql): Promise<number>;
  /** Sets what could not be set before: keys to rows that were written later. */
  tie(table: PlannedTable): Promise<void>;
}

/** What a copy does not take over from its original, by table and column. */
const OF_ITS_OWN: Readonly<Record<string, Readonly<Record<string, Sql>>>> = {
  // Nobody works on it, its items are counted as they come, and its lines of progress stay where it ran.
  runs: {
    items_total: rawSql('0'),
    items_completed: rawSql('0'),
    items_failed: rawSql('0'),
    items_skipped: rawSql('0'),
    items_canceled: rawSql('0'),
    event_seq: rawSql('0'),
    worker_id: rawSql('NULL'),
    lease_until: rawSql('NULL'),
  },
};

export function createRowCopier(db: SqlExecutor, options: CopiedRowOptions): RowCopier {
  const { plan, fromId, toId } = options;
  const row: CopiedRow = copiedRow(options);
  const { dialect } = db;
  const primaryOf = ({ uniqueKeys: [primary = []] }: PlannedTable): readonly string[] => primary;
  const names = (columns: readonly string[]): Sql => joinSql(columns.map(identifier), ', ');
  const insert = (table: PlannedTable, condition: Sql): Promise<number> => {
    const own = OF_ITS_OWN[table.name] ?? {};
    const values = table.columns.map((column) => own[column] ?? row.value(table, 'x', column));
    return db.execute(sql`
      INSERT INTO ${identifier(table.name)} (${names(table.columns)})
      SELECT ${joinSql(values, ', ')} FROM ${identifier(table.name)} AS x WHERE ${condition}`);
  };
  const lockRows = async (table: PlannedTable, condition: Sql, lock: Sql): Promise<void> => {
    if (!dialect.hasRowLocks) return;
    await db.one(sql`
      SELECT count(*) AS locked FROM (
        SELECT 1 FROM ${identifier(table.name)} AS x WHERE ${condition} ORDER BY ${names(primaryOf(table))} ${lock}
      ) AS chosen`);
  };

  return {
    async lock(table, rows) {
      if (table.kind === 'moved') {
        for (const condition of rows.moved(table)) await lockRows(table, condition, dialect.lockForDeletion('x'));
        return;
      }
      const primary = primaryOf(table).filter((column) => column !== TENANT);
      const needed = rows.select(table.name, primary, rows.needed(table));
      const there = sql`${identifier(TENANT)} = ${toId} AND (${names(primary)}) IN (${needed})`;
      await lockRows(table, there, dialect.keepRows('x'));
    },
    async copyMoved(table, rows) {
      if (table.name === 'documents') return insert(table, rows.moved(table)[0] as Sql);
      const complete = table.keys
        .filter((key) => isRequired(key) && plan.kindOf(key.targetTable) === 'moved' && key.targetTable !== table.name)
        .map((key) => row.hasTarget(key, 'x'));
      let copied = 0;
      for (const [place, way] of table.ways.entries()) {
        // By the first way that leads to what moves, and only with all that a row cannot be without.
        const earlier = table.ways.slice(0, place).map((key) => sql`NOT ${row.hasTarget(key, 'x')}`);
        copied += await insert(table, joinSql([rows.byWay(way), ...complete, ...earlier], ' AND '));
      }
      return copied;
    },
    copyMissing(table, condition) {
      const isMissing = table.uniqueKeys.map(
        (uniqueKey) => sql`NOT EXISTS (
          SELECT 1 FROM ${identifier(table.name)} b WHERE ${row.isTwin(table, { alias: 'x', twin: 'b', uniqueKey })}
        )`,
      );
      // A shared row that was there under another id has its own parts.
      const owners = table.kind === 'part' ? table.ways.map((way) => row.hasTarget(way, 'x')) : [];
      return insert(table, joinSql([sql`(${condition})`, ...isMissing, ...owners], ' AND '));
    },
    async tie(table) {
      for (const tie of table.ties) {
        const optional = ownColumns(tie).filter(({ isOptional }) => isOptional);
        const values = optional.map(({ column }) => sql`${identifier(column)} = ${row.tied(tie, 'x', column)}`);
        const isOpen = optional.flatMap(({ column }) => [
          sql`x.${identifier(column)} IS NOT NULL`,
          sql`${identifier(table.name)}.${identifier(column)} IS NULL`,
        ]);
        const written = textOf(identifier(table.name));
        await db.execute(sql`
          UPDATE ${identifier(table.name)}
          SET ${joinSql(values, ', ')}
          FROM ${identifier(table.name)} AS x
          WHERE x.${identifier(TENANT)} = ${fromId}
            AND ${row.isTwin(table, { alias: 'x', twin: written, uniqueKey: primaryOf(table) })}
            AND ${joinSql(isOpen, ' AND ')}`);
      }
    },
  };
}
