import { canonicalJson, contentHash } from '@sheaf/core';
import { type Connection, identifier, type Row, sql } from '@sheaf/db';

/** What a database holds of all workspaces, but for the records of moves; by what the rows say, ids and times included. */
export interface WholeStore {
  /** The rows by table, whichever workspace has them: those that several have count once. */
  readonly all: Readonly<Record<string, readonly string[]>>;
  /** What all workspaces together count of each run. */
  readonly counts: Readonly<Record<string, number>>;
  /** The rows by workspace and table. */
  readonly each: Readonly<Record<string, readonly string[]>>;
}

const RECORD = 'data.moveDocuments';
/** What a copy of a run counts for itself. */
const COUNTED = /^(?:items_|event_seq$)/;

export async function wholeStore(connection: Connection<unknown>): Promise<WholeStore> {
  const { sql: db } = connection.as('admin');
  const columns = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const all: Record<string, readonly string[]> = {};
  const each: Record<string, string[]> = {};
  const counts: Record<string, number> = {};
  for (const { table } of columns.filter(({ column }) => column === 'workspace_id')) {
    const rows = await db.all(sql`SELECT * FROM ${identifier(table)}`);
    const lasting = rows.filter(({ tool, handler }) => tool !== RECORD && handler !== RECORD);
    const own = table === 'runs' ? COUNTED : /^$/;
    all[table] = [...new Set(lasting.map((row) => textOf(row, own)))].sort();
    for (const row of lasting) {
      const place = `${row.workspace_id} ${table}`;
      each[place] = [...(each[place] ?? []), textOf(row, /^$/)];
      for (const [column, value] of table === 'runs' ? Object.entries(row) : []) {
        const key = `${row.id} ${column}`;
        if (column.startsWith('items_')) counts[key] = (counts[key] ?? 0) + Number(value);
      }
    }
  }
  for (const rows of Object.values(each)) rows.sort();
  return { all, counts, each };
}

function textOf(row: Row, without: RegExp): string {
  const columns = Object.entries(row).filter(([column]) => column !== 'workspace_id' && !without.test(column));
  return canonicalJson(
    Object.fromEntries(
      columns.map(([column, value]) => [column, value instanceof Uint8Array ? contentHash(value) : value]),
    ),
  );
}
