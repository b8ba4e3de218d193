import type { Row } from '../sql/executor.ts';
import { sql } from '../sql/statement.ts';
import type { Invariant, InvariantContext, Violation } from './invariant.ts';
import { readRows } from './read-rows.ts';

export interface DerivedColumnsOptions extends Pick<Invariant, 'id' | 'summary' | 'advice'> {
  readonly table: string;
  readonly columns: readonly string[];
  /** With the table's `workspace_id` first. */
  readonly key: readonly string[];
  readonly subject: string;
  /** Says what is wrong with a row, if anything. */
  readonly judge: (row: Row) => string | undefined;
}

/** Columns that are computed of others. No hash function is common to both databases: they are computed again here. */
export function derivedColumns(options: DerivedColumnsOptions): Invariant {
  const { table, columns, key, subject, judge, ...rest } = options;
  async function* find({ sql: db, inWorkspace }: InvariantContext): AsyncGenerator<Violation, void, undefined> {
    const selected = [...new Set([...key, subject, ...columns])];
    for await (const rows of readRows({
      sql: db,
      table,
      columns: selected,
      key,
      where: inWorkspace(sql`workspace_id`),
    })) {
      for (const row of rows) {
        const detail = judge(row);
        if (detail === undefined) continue;
        yield { workspaceId: row.workspace_id as number, subject: row[subject] as string, detail };
      }
    }
  }
  return { ...rest, find };
}
