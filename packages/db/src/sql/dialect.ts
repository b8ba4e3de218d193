import { dbErrors } from '../errors.ts';
import { refusalOf, refusalOfJson } from './bound-value.ts';
import {
  type BoundArray,
  identifier,
  joinSql,
  rawSql,
  type Sql,
  type SqlScalar,
  type SqlValue,
  sql,
} from './statement.ts';

export type Provider = 'sqlite' | 'postgresql';

export type ColumnType = 'text' | 'integer' | 'real' | 'boolean' | 'datetime' | 'json';

/** The differences between the two databases that SQL of ours meets. All of them live here. */
export interface Dialect {
  readonly provider: Provider;
  /**
   * Rows as one bound value, to select from: `FROM ${records(…)} AS r`. Columns come typed and in the given order;
   * this is how hundreds of rows go to the database in one statement.
   */
  records(columns: Readonly<Record<string, ColumnType>>, rows: readonly (readonly unknown[])[]): Sql;
  /** `expression IN (values)`, with the values bound as one. An empty list matches nothing. */
  isIn(expression: Sql, values: readonly SqlScalar[]): Sql;
  /** A bound value of a type, where the statement around it does not tell the database which it is. */
  bound(type: ColumnType, value: SqlValue): Sql;
  /** The smallest of several values in one row. */
  least(...parts: readonly Sql[]): Sql;
  greatest(...parts: readonly Sql[]): Sql;
  /** The database's own clock as a datetime of our representation: for leases, which all workers must agree on. */
  readonly now: Sql;
  /** The database's clock plus milliseconds: a bound number, or an expression. */
  nowPlus(milliseconds: number | Sql): Sql;
  /** Milliseconds from the database's clock to a datetime expression; negative for one that has passed. */
  millisecondsUntil(expression: Sql): Sql;
  /** Whether several transactions may write at once, so that rows need locks. */
  readonly hasRowLocks: boolean;
  /** Appended to a claiming SELECT so that workers pass over rows that another one is taking. */
  readonly skipLocked: Sql;
  /**
   * Appended to a SELECT: locks the rows of one of its tables, by its alias, until the transaction ends. On SQLite a
   * transaction is the only writer anyway.
   */
  lockRows(alias: string): Sql;
  /** Like `lockRows`, but several transactions may hold such a lock: the rows stay as they are meanwhile. */
  keepRows(alias: string): Sql;
  /** Like `lockRows`, but nobody may add rows that refer to the locked ones either: they are about to be deleted. */
  lockForDeletion(alias: string): Sql;
  /** Like `lockRows`, but others may add rows that refer to the locked ones. */
  lockColumns(alias: string): Sql;
  /**
   * Takes the lock of a workspace's URIs until the transaction ends: shared by those who add documents, exclusive for
   * who gives URIs to other documents. Undefined where a transaction excludes all other writers anyway.
   */
  lockUris(workspaceId: number, mode: 'shared' | 'exclusive'): Sql | undefined;
  /** The number of bytes of a column of bytes, without reading them. */
  byteLength(column: Sql): Sql;
  /** Case-sensitive substring test on both databases. */
  contains(expression: Sql, part: string): Sql;
  /** `expression` matches a glob of `*` (any characters) and `?` (one character); everything else is literal. */
  matchesGlob(expression: Sql, glob: string): Sql;
  tableExists(name: string): Sql;
  /**
   * The columns of all foreign keys of the schema, as the database's own catalog has them: `table`, `key` (unique in
   * its table), `place`, `column`, `is_optional` (0 or 1), `target_table`, `target_column`, `on_delete` (such as
   * `NO ACTION`).
   */
  readonly foreignKeyColumns: Sql;
  /** All columns of all tables of the schema: `table`, `column`, `is_computed` (0 or 1). */
  readonly tableColumns: Sql;
  /**
   * The columns of all primary and unique keys of the schema, the primary one of a table first: `table`, `key` (unique
   * in its table), `place`, `column`. Those of some rows only, or of expressions, are left out.
   */
  readonly uniqueKeyColumns: Sql;
}

const POSTGRES_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  integer: 'integer',
  real: 'double precision',
  boolean: 'boolean',
  datetime: 'timestamp(3)',
  json: 'jsonb',
};

/** The first key of our advisory locks on URIs: "uri" as bytes. */
const URI_LOCK = 0x757269;

/** `2026-01-02T03:04:05.678+00:00`: sorts as text, and is what Prisma writes to SQLite. */
export function toDatabaseTime(date: Date): string {
  return `${date.toISOString().slice(0, -1)}+00:00`;
}

export const sqliteDialect: Dialect = {
  provider: 'sqlite',
  records(columns, rows) {
    const names = Object.entries(columns);
    // Written row by row: a copy of all the rows would outlive many of the collector's rounds.
    const data = `[${rows.map((row) => fitJson(JSON.stringify(row.map(unchecked)))).join(',')}]`;
    const fields = names.map(([name, type], index) => {
      // `->` keeps a document JSON (and a missing one the JSON null), `->>` gives the SQL value.
      return rawSql(
        type === 'json' ? `nullif(value -> ${index}, 'null') AS "${name}"` : `value ->> ${index} AS "${name}"`,
      );
    });
    // The limit, which is none, keeps the planner from merging this into the statement around it: it would then look
    // through a whole table once for each of the rows.
    return sql`(SELECT ${joinSql(fields, ', ')} FROM json_each(${data}) LIMIT -1)`;
  },
  isIn,
  bound: (_type, value) => sql`${value}`,
  least: (...parts) => sql`min(${joinSql(parts, ', ')})`,
  greatest: (...parts) => sql`max(${joinSql(parts, ', ')})`,
  now: rawSql(`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')`),
  nowPlus: (milliseconds) =>
    typeof milliseconds === 'number'
      ? sql`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ${`${milliseconds / 1000} seconds`})`
      : sql`strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', ((${milliseconds}) / 1000.0) || ' seconds')`,
  millisecondsUntil: (expression) =>
    sql`CAST(round((unixepoch(${expression}, 'subsec') - unixepoch('now', 'subsec')) * 1000) AS INTEGER)`,
  hasRowLocks: false,
  skipLocked: rawSql(''),
  lockColumns: () => rawSql(''),
  lockForDeletion: () => rawSql(''),
  lockUris: () => undefined,
  lockRows: () => rawSql(''),
  keepRows: () => rawSql(''),
  byteLength: (column) => sql`length(${column})`,
  contains: (expression, part) => sql`instr(${expression}, ${part}) > 0`,
  matchesGlob: (expression, glob) => sql`${expression} GLOB ${glob.replaceAll('[', '[[]')}`,
  tableExists: (name) => sql`SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ${name}`,
  foreignKeyColumns: rawSql(`
    SELECT m.name AS "table", CAST(f.id AS TEXT) AS "key", f.seq AS place, f."from" AS "column",
      CASE WHEN c."notnull" = 0 AND c.pk = 0 THEN 1 ELSE 0 END AS is_optional,
      f."table" AS target_table, f."to" AS target_column, f.on_delete
    FROM sqlite_master m
    JOIN pragma_foreign_key_list(m.name) f
    JOIN pragma_table_info(m.name) c ON c.name = f."from"
    WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq`),
  tableColumns: rawSql(`
    SELECT m.name AS "table", c.name AS "column", 0 AS is_computed
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' ORDER BY m.name, c.cid`),
  uniqueKeyColumns: rawSql(`
    SELECT m.name AS "table", l.name AS "key", i.seqno AS place, i.name AS "column"
    FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
    WHERE m.type = 'table' AND l."unique" = 1 AND l.partial = 0
      AND NOT EXISTS (SELECT 1 FROM pragma_index_info(l.name) e WHERE e.name IS NULL)
    ORDER BY m.name, l.origin <> 'pk', l.name, i.seqno`),
};

export const postgresqlDialect: Dialect = {
  provider: 'postgresql',
  records(columns, rows) {
    const names = Object.entries(columns);
    const arrays = names.map(([, type], index) => {
      const values = rows.map((row) => {
        const value = plain(row[index]);
        return type === 'json' && value !== null ? fitJson(JSON.stringify(value)) : value;
      });
      return sql`${array(values)}::${rawSql(POSTGRES_TYPES[type])}[]`;
    });
    // As a sub-select, so that the caller names it as on SQLite.
    const aliases = joinSql(
      names.map(([name]) => identifier(name)),
      ', ',
    );
    return sql`(SELECT * FROM unnest(${joinSql(arrays, ', ')}) AS t(${aliases}))`;
  },
  isIn,
  bound: (type, value) => sql`${value}::${rawSql(POSTGRES_TYPES[type])}`,
  least: (...parts) => sql`least(${joinSql(parts, ', ')})`,
  greatest: (...parts) => sql`greatest(${joinSql(parts, ', ')})`,
  now: rawSql(`(clock_timestamp() AT TIME ZONE 'UTC')::timestamp(3)`),
  nowPlus: (milliseconds) =>
    sql`((clock_timestamp() + (${milliseconds})::double precision * interval '1 millisecond') AT TIME ZONE 'UTC')::timestamp(3)`,
  millisecondsUntil: (expression) =>
    sql`ceil(extract(epoch FROM (${expression}) - (clock_timestamp() AT TIME ZONE 'UTC')) * 1000)::bigint`,
  hasRowLocks: true,
  skipLocked: rawSql('FOR NO KEY UPDATE SKIP LOCKED'),
  lockForDeletion: (alias) => sql`FOR UPDATE OF ${identifier(alias)}`,
  lockColumns: (alias) => sql`FOR NO KEY UPDATE OF ${identifier(alias)}`,
  lockUris: (workspaceId, mode) =>
    mode === 'shared'
      ? sql`SELECT pg_advisory_xact_lock_shared(${URI_LOCK}::integer, ${workspaceId}::integer)`
      : sql`SELECT pg_advisory_xact_lock(${URI_LOCK}::integer, ${workspaceId}::integer)`,
  // The lock that an UPDATE takes: rows that refer to these may still be inserted.
  lockRows: (alias) => sql`FOR NO KEY UPDATE OF ${identifier(alias)}`,
  keepRows: (alias) => sql`FOR SHARE OF ${identifier(alias)}`,
  byteLength: (column) => sql`octet_length(${column})`,
  contains: (expression, part) => sql`strpos(${expression}, ${part}::text) > 0`,
  matchesGlob: (expression, glob) =>
    sql`${expression} LIKE ${glob
      .replaceAll(/[\\%_]/g, (character) => `\\${character}`)
      .replaceAll('*', '%')
      .replaceAll('?', '_')}`,
  tableExists: (name) =>
    sql`SELECT 1 FROM information_schema.tables WHERE table_schema = ANY(current_schemas(false)) AND table_name = ${name}`,
  foreignKeyColumns: rawSql(`
    SELECT t.relname::text AS "table", k.conname::text AS "key", p.place::integer AS place,
      c.attname::text AS "column", CASE WHEN c.attnotnull THEN 0 ELSE 1 END AS is_optional,
      r.relname::text AS target_table, rc.attname::text AS target_column,
      CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT'
        WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS on_delete
    FROM pg_constraint k
    JOIN pg_class t ON t.oid = k.conrelid
    JOIN pg_class r ON r.oid = k.confrelid
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p(attnum, target_attnum, place)
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = p.attnum
    JOIN pg_attribute rc ON rc.attrelid = r.oid AND rc.attnum = p.target_attnum
    WHERE k.contype = 'f' AND t.relnamespace = quote_ident(current_schema())::regnamespace
    ORDER BY t.relname, k.conname, p.place`),
  tableColumns: rawSql(`
    SELECT t.relname::text AS "table", c.attname::text AS "column",
      CASE WHEN c.attgenerated = '' THEN 0 ELSE 1 END AS is_computed
    FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    WHERE t.relkind IN ('r', 'p') AND t.relnamespace = quote_ident(current_schema())::regnamespace
    ORDER BY t.relname, c.attnum`),
  uniqueKeyColumns: rawSql(`
    SELECT t.relname::text AS "table", k.relname::text AS "key", p.place::integer AS place, c.attname::text AS "column"
    FROM pg_index x
    JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_class k ON k.oid = x.indexrelid
    CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS p(attnum, place)
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = p.attnum
    WHERE x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL AND p.place <= x.indnkeyatts
      AND t.relnamespace = quote_ident(current_schema())::regnamespace
    ORDER BY t.relname, NOT x.indisprimary, k.relname, p.place`),
};

function isIn(expression: Sql, values: readonly SqlScalar[]): Sql {
  return sql`${expression} IN (${values})`;
}

function array(values: readonly unknown[]): BoundArray {
  return { '~array': values };
}

/** A value inside a bound array. @throws `db.invalid-value`. */
function plain(value: unknown): unknown {
  return typeof value === 'string' ? fitting(value) : unchecked(value);
}

/** A value inside a bound document, the text of which is checked once it is written. @throws `db.invalid-value`. */
function unchecked(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : fitting(value);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : fitting(value).toString();
    case 'object':
      return value instanceof Date ? toDatabaseTime(fitting(value)) : value;
    default:
      return value ?? null;
  }
}

function fitting<T>(value: T): T {
  const reason = refusalOf(value);
  if (reason !== undefined) throw unfit(reason);
  return value;
}

/** Checks documents once they are written. */
function fitJson(text: string): string {
  const reason = refusalOfJson(text);
  if (reason !== undefined) throw unfit(reason);
  return text;
}

function unfit(reason: string): Error {
  return dbErrors.create('invalid-value', { value: 'a value of the rows', reason, sql: '' });
}
