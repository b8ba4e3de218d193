import { type Connection, identifier, joinSql, rawSql, type Sql, sql } from '@sheaf/db';

type Database = Pick<Connection<unknown>, 'sql' | 'provider'>;

/** What is wrong with a database as such: damaged pages or indexes, rows that refer to rows which do not exist. */
export function checkDatabase(database: Database): Promise<readonly string[]> {
  return database.provider === 'sqlite' ? checkSqlite(database) : checkPostgresql(database);
}

async function checkSqlite({ sql: db }: Database): Promise<readonly string[]> {
  const integrity = await db.all<{ integrity_check: string }>(rawSql('PRAGMA integrity_check'));
  const orphans = await db.all<{ table: string; parent: string }>(rawSql('PRAGMA foreign_key_check'));
  return [
    ...integrity.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    ...orphans.map(({ table, parent }) => `a row of ${table} refers to none of ${parent}`),
  ];
}

interface ForeignKey {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly child_columns: readonly string[];
  readonly parent_columns: readonly string[];
}

/** Foreign keys are looked up anew: that a constraint exists does not say that its triggers have run. */
async function checkPostgresql({ sql: db }: Database): Promise<readonly string[]> {
  const columns = (keys: string, table: string): Sql =>
    rawSql(`(SELECT json_agg(a.attname ORDER BY k.position) FROM unnest(${keys}) WITH ORDINALITY AS k(number, position)
      JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.number)`);
  const keys = await db.all<ForeignKey>(sql`
    SELECT conname::text AS name, conrelid::regclass::text AS child, confrelid::regclass::text AS parent,
      ${columns('conkey', 'conrelid')} AS child_columns, ${columns('confkey', 'confrelid')} AS parent_columns
    FROM pg_constraint WHERE contype = 'f'`);
  const problems: string[] = [];
  for (const key of keys) {
    const isSet = key.child_columns.map((column) => sql`c.${identifier(column)} IS NOT NULL`);
    const isSame = key.child_columns.map(
      (column, index) => sql`p.${identifier(key.parent_columns[index] ?? '')} = c.${identifier(column)}`,
    );
    const { count } = await db.one<{ readonly count: number }>(sql`
      SELECT count(*) AS count FROM ${rawSql(key.child)} c
      WHERE ${joinSql(isSet, ' AND ')}
        AND NOT EXISTS (SELECT 1 FROM ${rawSql(key.parent)} p WHERE ${joinSql(isSame, ' AND ')})`);
    if (count > 0) problems.push(`${count} row(s) of ${key.child} refer to none of ${key.parent} (${key.name})`);
  }
  return problems;
}
