import { canonicalJson, contentHash } from '@sheaf/core';
import { type Connection, identifier, type Row, sql } from '@sheaf/db';
import { DUMP_RULES, type DumpRules, type NameOf } from './dump-rules.ts';

/** Every table with its rows, as sorted lines of JSON without ids and times. */
export type DatabaseDump = Readonly<Record<string, readonly string[]>>;

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/**
 * Dumps a whole database by what its rows mean: equal dumps hold the same, whatever their ids and times.
 *
 * @throws when an id has no name under the rules: its table needs one.
 */
export async function dumpDatabase(
  { sql: db }: Pick<Connection<unknown>, 'sql'>,
  rules: DumpRules = DUMP_RULES,
): Promise<DatabaseDump> {
  const tables = new Map<string, readonly Row[]>();
  for (const table of await tableNames(db)) {
    tables.set(table, await db.all<Row>(sql`SELECT * FROM ${identifier(table)}`));
  }
  const names = nameRows(tables, rules);
  const dump: Record<string, readonly string[]> = {};
  for (const [table, rows] of tables) {
    if (table in rules.withoutTables) continue;
    const lines = rows.map((row) => canonicalJson(describe(table, row, { rules, names })));
    dump[table] = lines.sort();
  }
  return dump;
}

async function tableNames(db: Connection<unknown>['sql']): Promise<readonly string[]> {
  const rows =
    db.dialect.provider === 'sqlite'
      ? await db.all<{ name: string }>(
          sql`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
        )
      : await db.all<{ name: string }>(
          sql`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name`,
        );
  return rows.map(({ name }) => name);
}

/** The names of all ids. */
function nameRows(
  tables: ReadonlyMap<string, readonly Row[]>,
  { names: rules }: DumpRules,
): ReadonlyMap<unknown, string> {
  const names = new Map<unknown, string>();
  const nameOf: NameOf = (id) => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`There is no name for the id ${id}.`);
    return name;
  };
  for (const [table, rule] of Object.entries(rules)) {
    const rows = (tables.get(table) ?? []).toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    const counts = new Map<string, number>();
    for (const row of rows) {
      const ordinal = (counts.get(String(row.tool)) ?? 0) + 1;
      counts.set(String(row.tool), ordinal);
      names.set(row.id, rule({ ...row, ordinal }, nameOf));
    }
  }
  return names;
}

interface Naming {
  readonly rules: DumpRules;
  readonly names: ReadonlyMap<unknown, string>;
}

function describe(table: string, row: Row, { rules, names }: Naming): Row {
  const described: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    const full = `${table}.${column}`;
    if (column === 'id' || column in rules.withoutColumns || full in rules.withoutColumns) continue;
    // Small integers are ids in this column alone.
    if (column === 'workspace_id') described.workspace_id = names.get(value);
    else described[column] = meaning(value, full, { rules, names });
  }
  return described;
}

function meaning(value: unknown, column: string, naming: Naming): unknown {
  if (value instanceof Date) return naming.rules.timesThatCount.includes(column) ? value.toISOString() : 'a time';
  if (value instanceof Uint8Array) return contentHash(value);
  if (Array.isArray(value)) return value.map((one) => meaning(one, column, naming));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, meaning(one, column, naming)]));
  }
  if (typeof value !== 'string') return value;
  return value.replaceAll(ID, (id) => {
    const name = naming.names.get(id);
    if (name === undefined) throw new Error(`There is no name for the id ${id} in ${column}.`);
    return `<${name}>`;
  });
}
