import { identifier, joinSql, type SqlExecutor, type SqlValue, sql } from '@sheaf/db';

/** One row of a table, by column. */
export type TableRow = Readonly<Record<string, unknown>>;

interface Column {
  readonly name: string;
  readonly type: string;
}

/** Tables that hold rows of no workspace. */
const OF_THE_DEPLOYMENT = ['workspaces', 'workers', 'host_gates', '_prisma_migrations'];
/** What a column of such a name refers to where no foreign key says so. */
const TARGETS: Readonly<Record<string, string>> = { run_id: 'runs', item_id: 'run_items', step_id: 'steps' };

/** The tables of the database that hold rows of workspaces, as its catalog has them. */
export async function workspaceTables(db: SqlExecutor): Promise<readonly string[]> {
  const columns = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const tables = [...new Set(columns.map(({ table }) => table))];
  return tables.filter((table) => !OF_THE_DEPLOYMENT.includes(table) && !table.startsWith('sqlite_'));
}

/** All rows of workspaces, by table, in an order that does not depend on the writing. */
export async function allRows(db: SqlExecutor): Promise<ReadonlyMap<string, readonly TableRow[]>> {
  const found = new Map<string, readonly TableRow[]>();
  for (const table of await workspaceTables(db)) {
    const rows = await db.all(sql`SELECT * FROM ${identifier(table)}`);
    found.set(
      table,
      rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
  }
  return found;
}

export interface FillTablesOptions {
  /** By `table.column`, where what a column holds matters. */
  readonly values?: Readonly<Record<string, SqlValue>>;
  /** What tells the rows of workspaces apart besides their workspace; default its id. */
  readonly mark?: string;
}

/**
 * Gives every table of a workspace one row named by `label`, whatever tables there are: each refers to the rows of
 * the same label, by its foreign keys and by what its columns are called.
 */
export async function fillTables(
  db: SqlExecutor,
  workspaceId: number,
  label: string,
  { values = {}, mark = String(workspaceId) }: FillTablesOptions = {},
): Promise<void> {
  const keys = await db.all<{
    readonly table: string;
    readonly column: string;
    readonly target_table: string;
    readonly target_column: string;
  }>(db.dialect.foreignKeyColumns);
  const written = new Map<string, TableRow>();
  const write = async (table: string): Promise<void> => {
    if (written.has(table)) return;
    const own = keys.filter((key) => key.table === table && key.target_table !== table);
    const selfReferences = keys.filter(
      (key) => key.table === table && key.target_table === table && key.target_column !== 'workspace_id',
    );
    const columns = await columnsOf(db, table);
    const implied = columns.flatMap(({ name }) => {
      const target = TARGETS[name];
      const isKey = own.some(({ column }) => column === name);
      return target === undefined || isKey ? [] : [{ column: name, target_table: target, target_column: 'id' }];
    });
    const references = [...own.filter(({ column }) => column !== 'workspace_id'), ...implied];
    for (const { target_table } of references) if (target_table !== table) await write(target_table);
    const row: Record<string, SqlValue> = {};
    for (const [place, column] of columns.entries()) {
      const reference = references.find((one) => one.column === column.name);
      const given = values[`${table}.${column.name}`];
      if (column.name === 'workspace_id') row[column.name] = workspaceId;
      else if (given !== undefined) row[column.name] = given;
      else if (selfReferences.some((one) => one.column === column.name)) row[column.name] = null;
      else if (reference) row[column.name] = written.get(reference.target_table)?.[reference.target_column] as SqlValue;
      else row[column.name] = sampleOf(column, `${table}.${column.name}.${mark}.${label}`, place);
    }
    written.set(table, row);
    const names = columns.map(({ name }) => identifier(name));
    const bound = columns.map(({ name }) => sql`${row[name] as SqlValue}`);
    await db.execute(sql`INSERT INTO ${identifier(table)} (${joinSql(names, ', ')}) VALUES (${joinSql(bound, ', ')})`);
  };
  for (const table of await workspaceTables(db)) await write(table);
}

function columnsOf(db: SqlExecutor, table: string): Promise<readonly Column[]> {
  return db.all<Column>(
    db.dialect.provider === 'sqlite'
      ? sql`SELECT name, lower(type) AS type FROM pragma_table_info(${table}) ORDER BY cid`
      : sql`SELECT column_name AS name, data_type AS type FROM information_schema.columns
          WHERE table_schema = current_schema() AND table_name = ${table} ORDER BY ordinal_position`,
  );
}

/** No two columns have the same value, so that one that is lost or mixed up shows. */
function sampleOf({ type }: Column, text: string, place: number): SqlValue {
  if (/text|char/.test(type)) return text;
  if (/bool/.test(type)) return place % 2 === 0;
  if (/time|date/.test(type)) return new Date(Date.UTC(2026, 0, 1 + place));
  if (/json/.test(type)) return JSON.stringify({ text });
  if (/blob|bytea/.test(type)) return new TextEncoder().encode(text);
  if (/int|real|double|numeric/.test(type)) return place;
  throw new Error(`No value is known for the type ${type}.`);
}

/** A count of one for each table. */
export const one = (...tables: readonly string[]): Record<string, number> =>
  Object.fromEntries(tables.map((table) => [table, 1]));
